"""The rulebook in force: what the newest program ships, and what regions have published over it.

While the deployment is upgraded, programs run that ship different calendar years. All of them use those of the newest,
which it has stored beside the documents of the regions.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import get_args

from bianmin.kit.db import Tx, rows, run
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.regions import NATIONAL, Calendars, upward
from services.deadlines.domain.calendar.years import CalendarYear
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import documents
from services.deadlines.store.calendars import content_of, name_of, year_of
from services.deadlines.store.documents import Document, Kind
from services.deadlines.store.hours import hours_of
from services.deadlines.store.policies import policies_of

_DIGEST = "SELECT digest FROM edition"
_DIGEST_LOCKED = "SELECT digest FROM edition FOR SHARE"
# locks the table and not its row: who comes after the publisher waits behind it, and does not overtake it for ever
_LOCK_FOR_PUBLISHING = "LOCK TABLE edition IN EXCLUSIVE MODE"

History = Sequence[tuple[Kind, Document]]
"""Documents with their kinds, in the order in which they were published."""

_rulebooks: dict[str, Rulebook] = {}
"""Rulebooks by the digest of their documents: equal in every database with equal documents."""
_past_calendars: dict[tuple[str, str], Calendar | None] = {}
"""Calendars that are not in force any more, by region and version."""


async def in_force(tx: Tx, *, locked: bool = False) -> Rulebook:
    """Return the calendars and policies in force. `locked`: nobody publishes others before the transaction ends."""
    return await _load(tx, _DIGEST_LOCKED if locked else _DIGEST)


async def lock_for_publishing(tx: Tx) -> Rulebook:
    """Return the rulebook in force; until the transaction ends nobody else publishes, or calculates clocks."""
    await run(tx, _LOCK_FOR_PUBLISHING)
    return await _load(tx, _DIGEST)


async def refresh_digest(tx: Tx) -> None:
    """Put the documents as they are now in force, from the commit on."""
    content = {
        kind: [(each.name, each.version, each.content) for each in found]
        for kind, found in (await _all_documents(tx)).items()
    }
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
    await run(tx, "UPDATE edition SET digest = $1", digest)


async def install_shipped(tx: Tx, generation: int, years: Iterable[CalendarYear], now: datetime) -> bool:
    """Put the years that a program of this generation ships in force, unless those in force are as new.

    Returns whether they replace those of an older program: then all clocks are to be recalculated.
    """
    await run(tx, _LOCK_FOR_PUBLISHING)
    [(before,)] = await rows(tx, "SELECT generation FROM edition")
    if before >= generation:
        return False
    content = {name_of(year.region, year.year): content_of(year) for year in years}
    await documents.put(tx, "shipped", NATIONAL, content, "system", now)
    await run(tx, "UPDATE edition SET generation = $1", generation)
    await refresh_digest(tx)
    return bool(before)


async def shipped_year(tx: Tx, region: str, year: int) -> CalendarYear | None:
    """Return what the newest program ships for a region's year; None where it ships nothing."""
    years = _shipped_years(await documents.published(tx, "shipped"))
    return next((each for each in years if (each.region, each.year) == (region, year)), None)


async def history(tx: Tx, region: str) -> History:
    """Return every document that a region's calendar was ever made of, the oldest first."""
    return await documents.history_of_regions(tx, ("calendar", "hours", "shipped"), upward(region))


async def past_calendar(history: History, region: str, version: str) -> Calendar | None:
    """Return a region's calendar of this version; None where `history` does not have its documents."""
    if (region, version) not in _past_calendars:
        if len(_past_calendars) > 256:
            _past_calendars.clear()
        _past_calendars[region, version] = await asyncio.to_thread(_find_version, history, region, version)
    return _past_calendars[region, version]


def _find_version(history: History, region: str, version: str) -> Calendar | None:
    """Search backwards from the latest publication: recent versions are asked for most."""
    for length in range(len(history), -1, -1):
        latest: dict[Kind, dict[str, Document]] = {"calendar": {}, "hours": {}, "shipped": {}}
        for kind, document in history[:length]:
            latest[kind][document.name] = document
        in_force = {
            kind: [each for each in named.values() if each.content is not None] for kind, named in latest.items()
        }
        calendar = _calendars_of(in_force).of(region)
        if calendar.version == version:
            return calendar
    return None


def _calendars_of(found: Mapping[Kind, Sequence[Document]]) -> Calendars:
    """The years that regions have published, over those that programs ship."""
    years = (*_shipped_years(found["shipped"]), *map(year_of, found["calendar"]))
    last = {(year.region, year.year): year for year in years}
    return Calendars(last.values(), {document.name: hours_of(document) for document in found["hours"]})


def _shipped_years(stored: Sequence[Document]) -> Iterable[CalendarYear]:
    """The stored years of the newest program; until one has stored them, those of this program."""
    if not stored:
        return shipped()
    [document] = stored
    return [year_of(Document(name, document.version, content)) for name, content in document.content.items()]


async def _load(tx: Tx, query: str) -> Rulebook:
    [(digest,)] = await rows(tx, query)
    if digest not in _rulebooks:
        found = await _all_documents(tx)
        policies = [policy for document in found["policies"] for policy in policies_of(document)]
        if len(_rulebooks) > 8:
            _rulebooks.clear()
        _rulebooks[digest] = Rulebook(_calendars_of(found), Policies(policies))
    return _rulebooks[digest]


async def _all_documents(tx: Tx) -> dict[Kind, Sequence[Document]]:
    return {kind: await documents.published(tx, kind) for kind in get_args(Kind)}
