"""The rulebook in force: what the program ships, and what regions have published over it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, get_args

from bianmin.kit.db import Tx, rows, run
from services.deadlines.calendars import shipped
from services.deadlines.domain.policies import Policies
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.years import CalendarYear
from services.deadlines.store.calendars import content_of, year_of
from services.deadlines.store.documents import Document, Kind, published
from services.deadlines.store.hours import hours_of
from services.deadlines.store.policies import policies_of

_IN_FORCE = "SELECT digest FROM edition"
_HELD = "SELECT digest FROM edition FOR SHARE"
_ALONE = "SELECT digest FROM edition FOR UPDATE"

_built: dict[str, Rulebook] = {}
"""Rulebooks by the digest of what they are made of: the same in every database that published the same."""


async def in_force(tx: Tx, *, held: bool = False) -> Rulebook:
    """The calendars and policies in force; `held`: they stay so until the transaction ends."""
    return await _rulebook(tx, _HELD if held else _IN_FORCE)


async def alone(tx: Tx) -> Rulebook:
    """The same, for whoever is about to publish: nobody else counts or publishes meanwhile."""
    return await _rulebook(tx, _ALONE)


async def renew(tx: Tx) -> None:
    """What was just published is in force from the commit on."""
    found = {
        kind: [(each.name, each.version, each.content) for each in told] for kind, told in (await _all(tx)).items()
    }
    await run(tx, "UPDATE edition SET digest = $1", _digest(found))


def as_shipped(region: str, year: int) -> CalendarYear | None:
    """What the program comes with for a region's year."""
    return next((each for each in shipped() if (each.region, each.year) == (region, year)), None)


async def _rulebook(tx: Tx, query: str) -> Rulebook:
    [(digest,)] = await rows(tx, query)
    if digest not in _built:
        found = await _all(tx)
        years = {(year.region, year.year): year for year in (*shipped(), *map(year_of, found["calendar"]))}
        hours = {document.name: hours_of(document) for document in found["hours"]}
        policies = [policy for document in found["policies"] for policy in policies_of(document)]
        if len(_built) > 8:
            _built.clear()
        _built[digest] = Rulebook(Calendars(years.values(), hours), Policies(policies))
    return _built[digest]


async def _all(tx: Tx) -> dict[Kind, Sequence[Document]]:
    return {kind: await published(tx, kind) for kind in get_args(Kind)}


def _digest(content: Any) -> str:
    """Equal digests, equal content."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


SHIPPED = _digest([[year.region, year.year, content_of(year)] for year in shipped()])
"""Which calendars the program comes with."""
