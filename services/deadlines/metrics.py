"""Deadlines' metrics: how many days ahead the national calendar is known."""

from datetime import date

from bianmin.kit.db import Tx
from bianmin.kit.metrics import Figure
from services.deadlines.domain.calendar.days import Coverage
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.store import rulebook


async def _official_days(tx: Tx, today: date) -> float:
    coverage = await _coverage(tx)
    return ((coverage.official_until or coverage.first) - today).days


async def _known_days(tx: Tx, today: date) -> float:
    return ((await _coverage(tx)).until - today).days


async def _coverage(tx: Tx) -> Coverage:
    return (await rulebook.in_force(tx)).calendar_of(NATIONAL).coverage


METRICS = (
    Figure(
        "calendar_official_days",
        "Days ahead that an official calendar covers; below 0 it has run out.",
        _official_days,
    ),
    Figure("calendar_known_days", "The same, estimated years included.", _known_days),
)
