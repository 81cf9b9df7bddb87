"""The rulebook in force: what the newest program ships, and what regions have published over it.

While the house is upgraded, programs run that come with different years: they count by the same ones, which the newest
has put beside what was published.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from bianmin.kit.db import Tx, rows, run
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.regions import NATIONAL, Calendars, upward
from services.deadlines.domain.calendar.years import CalendarYear
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import documents
from services.deadlines.store.calendars import content_of, name_of, year_of
from services.deadlines.store.documents import Document, Kind, published
from services.deadlines.store.hours import hours_of
from services.deadlines.store.policies import policies_of

_IN_FORCE = "SELECT digest FROM edition"
_HELD = "SELECT digest FROM edition FOR SHARE"
# the table and not its row: who comes after the publisher waits behind it, and does not pass it by for ever
_ALONE = "LOCK TABLE edition IN EXCLUSIVE MODE"

History = Sequence[tuple[Kind, Document]]
"""What was published, the oldest first."""

_built: dict[str, Rulebook] = {}
"""Rulebooks by the digest of what they are made of: the same in every database that published the same."""
_old: dict[tuple[str, str], Calendar | None] = {}
"""Calendars that are not in force any more, by their version."""


async def in_force(tx: Tx, *, held: bool = False) -> Rulebook:
    """The calendars and policies in force; `held`: they stay so until the transaction ends."""
    return await _rulebook(tx, _HELD if held else _IN_FORCE)


async def alone(tx: Tx) -> Rulebook:
    """The same, for whoever is about to publish: nobody else counts or publishes meanwhile."""
    await run(tx, _ALONE)
    return await _rulebook(tx, _IN_FORCE)


async def renew(tx: Tx) -> None:
    """What was just published is in force from the commit on."""
    found = {
        kind: [(each.name, each.version, each.content) for each in told] for kind, told in (await _all(tx)).items()
    }
    await run(tx, "UPDATE edition SET digest = $1", _digest(found))


async def bring(tx: Tx, generation: int, years: Iterable[CalendarYear], now: datetime) -> bool:
    """These are the years that programs come with, from the commit on, unless those in force are as new. Whether others
    were in force before."""
    await run(tx, _ALONE)
    [(before,)] = await rows(tx, "SELECT generation FROM edition")
    if before >= generation:
        return False
    content = {name_of(year.region, year.year): content_of(year) for year in years}
    await documents.put(tx, "shipped", NATIONAL, content, "system", now)
    await run(tx, "UPDATE edition SET generation = $1", generation)
    await renew(tx)
    return bool(before)


async def ever(tx: Tx, region: str) -> History:
    """All that a region's calendar was ever made of."""
    return await documents.ever(tx, ("calendar", "hours", "shipped"), upward(region))


async def calendar_as_it_was(history: History, region: str, version: str) -> Calendar | None:
    """A region's calendar when it had this version; None where it was made of what is not on record."""
    if (region, version) not in _old:
        if len(_old) > 256:
            _old.clear()
        _old[region, version] = await asyncio.to_thread(_as_it_was, history, region, version)
    return _old[region, version]


def _as_it_was(history: History, region: str, version: str) -> Calendar | None:
    """What was published last was in force last: from there backwards."""
    for length in range(len(history), -1, -1):
        found: dict[Kind, dict[str, Document]] = {"calendar": {}, "hours": {}, "shipped": {}}
        for kind, document in history[:length]:
            found[kind][document.name] = document
        held = {kind: [each for each in named.values() if each.content is not None] for kind, named in found.items()}
        calendar = _calendars(held).of(region)
        if calendar.version == version:
            return calendar
    return None


def _calendars(found: Mapping[Kind, Sequence[Document]]) -> Calendars:
    """What regions have published, over what programs come with."""
    of = {(year.region, year.year): year for year in (*_brought(found["shipped"]), *map(year_of, found["calendar"]))}
    return Calendars(of.values(), {document.name: hours_of(document) for document in found["hours"]})


def _brought(documents: Sequence[Document]) -> Iterable[CalendarYear]:
    """The years that programs come with: until one has brought its own, those of this one."""
    if not documents:
        return shipped()
    [document] = documents
    return [year_of(Document(name, document.version, content)) for name, content in document.content.items()]


async def as_shipped(tx: Tx, region: str, year: int) -> CalendarYear | None:
    """What programs come with for a region's year."""
    years = _brought(await published(tx, "shipped"))
    return next((each for each in years if (each.region, each.year) == (region, year)), None)


async def _rulebook(tx: Tx, query: str) -> Rulebook:
    [(digest,)] = await rows(tx, query)
    if digest not in _built:
        found = await _all(tx)
        policies = [policy for document in found["policies"] for policy in policies_of(document)]
        if len(_built) > 8:
            _built.clear()
        _built[digest] = Rulebook(_calendars(found), Policies(policies))
    return _built[digest]


async def _all(tx: Tx) -> dict[Kind, Sequence[Document]]:
    return {kind: await published(tx, kind) for kind in get_args(Kind)}


def _digest(content: Any) -> str:
    """Equal digests, equal content."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
