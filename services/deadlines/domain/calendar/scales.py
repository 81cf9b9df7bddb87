"""What a period is counted on: working days, calendar days, working time, time.

A scale counts units between two positions. On the scales of days a position is a day's ordinal and means its end; on
those of time it is a moment, in microseconds since 1970 in UTC, so that summer time is no concern of the counting.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Protocol

from services.deadlines.domain.calendar.days import Day, UnbrokenYears, YearMissing
from services.deadlines.domain.calendar.hours import Hours, local_moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
HOUR = 3600 * 1_000_000  # microseconds


class Scale(Protocol):
    """Raises `YearMissing` where the answer depends on a year that is not there."""

    def passed(self, position: int) -> int:
        """How many units have passed by then, from wherever the scale begins."""
        ...

    def reached(self, count: int) -> int:
        """The first position by which so many have passed."""
        ...


class TimeScale:
    """Every microsecond counts."""

    def passed(self, position: int) -> int:
        return position

    def reached(self, count: int) -> int:
        return count


class DayScale:
    """Every day counts."""

    def __init__(self, run: UnbrokenYears) -> None:
        self._run = run

    def passed(self, position: int) -> int:
        self._run.index(position)
        return position

    def reached(self, count: int) -> int:
        self._run.index(count)
        return count


class WorkdayScale:
    """Working days count."""

    def __init__(self, run: UnbrokenYears) -> None:
        self._run = run

    def passed(self, position: int) -> int:
        return self._run.passed[self._run.index(position)]

    def reached(self, count: int) -> int:
        return self._run.pick(self._run.workdays, count - 1).toordinal()


class WorkingTimeScale:
    """Every microsecond counts in which the desk is open. Days are numbered once; a question looks into one of them."""

    def __init__(self, run: UnbrokenYears, hours: Hours) -> None:
        self._run = run
        self._hours = hours
        # 8 bytes a day: a county has as many of these as desks with hours of their own
        lengths = (sum(until - since for since, until in self._open(day)) for day in run.days)
        self._passed = array("q", accumulate(lengths, initial=0))

    def passed(self, position: int) -> int:
        index = self._run.index(untick(position).astimezone(self._hours.zone).toordinal())
        today = sum(max(0, min(position, until) - since) for since, until in self._open(self._run.days[index]))
        return self._passed[index] + today

    def reached(self, count: int) -> int:
        index = bisect_left(self._passed, count) - 1
        if index >= len(self._run.days):
            raise YearMissing(self._run.year_after)
        left = count - self._passed[index]
        for since, until in self._open(self._run.days[index]):
            if left <= until - since:
                return since + left
            left -= until - since
        raise AssertionError("the day is as long as it was counted")

    def _open(self, day: Day) -> list[tuple[int, int]]:
        if not day.works:
            return []
        zone = self._hours.zone
        open_: list[tuple[int, int]] = []
        for since, until in self._hours.of(day.date, make_up=day.make_up):
            opens, closes = tick(local_moment(day.date, since, zone)), tick(local_moment(day.date, until, zone))
            if open_:
                opens = max(opens, open_[-1][1])  # what summer time pushes over the next span is open once
            if opens < closes:
                open_.append((opens, closes))
        return open_


def tick(moment: datetime) -> int:
    """An aware moment as a position."""
    return (moment - _EPOCH) // _TICK


def untick(position: int) -> datetime:
    """A position as a moment, in UTC."""
    return _EPOCH + timedelta(microseconds=position)


Gap = tuple[int, int | None]
"""What does not count: after the first position, up to and including the second; to no end where that is None."""


def merge_gaps(gaps: Sequence[Gap]) -> list[Gap]:
    """The same gaps in order, without overlaps."""
    merged: list[Gap] = []
    for since, until in sorted(gaps, key=lambda gap: gap[0]):
        last = merged[-1] if merged else None
        if last is None or (last[1] is not None and last[1] < since):
            merged.append((since, until))
        elif last[1] is not None:
            merged[-1] = last[0], None if until is None else max(last[1], until)
    return merged


def position_after(scale: Scale, start: int, count: int, gaps: Sequence[Gap]) -> int | None:
    """The first position by which `count` units have passed after `start`, outside the gaps (a `union`).

    None when it lies behind a gap that has no end.
    """
    if count == 0:
        return start
    target = scale.passed(start) + count
    for since, until in gaps:
        if until is not None and until <= start:
            continue
        since = max(since, start)
        if since >= scale.reached(target):
            break
        if until is None:
            return None
        target += scale.passed(until) - scale.passed(since)
    return scale.reached(target)


def units_between(scale: Scale, start: int, until: int, gaps: Sequence[Gap]) -> int:
    """How many units pass after `start`, up to and including `until`, outside the gaps (a `union`)."""
    count = scale.passed(until) - scale.passed(start)
    for since, end in gaps:
        since = max(since, start)
        end = until if end is None else min(end, until)
        if since < end:
            count -= scale.passed(end) - scale.passed(since)
    return count
