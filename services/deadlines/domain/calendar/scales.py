"""Scales to count a period on: working days, calendar days, working time, time.

A scale counts units up to a position. On scales of days a position is the ordinal of a day and means its end. On scales
of time it is a moment in microseconds since 1970 in UTC; so summer time does not matter for counting.
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
    """Counts units along a line of positions. Raises `YearMissing` where the answer depends on a missing year."""

    def count_until(self, position: int) -> int:
        """Return how many units lie before or at a position, from the start of the scale. Raises `YearMissing`."""
        ...

    def position_of(self, count: int) -> int:
        """Return the first position before or at which `count` units lie. Raises `YearMissing`."""
        ...


class TimeScale:
    """Counts every microsecond."""

    def count_until(self, position: int) -> int:
        """See `Scale.count_until`."""
        return position

    def position_of(self, count: int) -> int:
        """See `Scale.position_of`."""
        return count


class DayScale:
    """Counts every calendar day."""

    def __init__(self, run: UnbrokenYears) -> None:
        self._run = run

    def count_until(self, position: int) -> int:
        """See `Scale.count_until`."""
        self._run.index(position)
        return position

    def position_of(self, count: int) -> int:
        """See `Scale.position_of`."""
        self._run.index(count)
        return count


class WorkdayScale:
    """Counts working days."""

    def __init__(self, run: UnbrokenYears) -> None:
        self._run = run

    def count_until(self, position: int) -> int:
        """See `Scale.count_until`."""
        return self._run.workday_counts[self._run.index(position)]

    def position_of(self, count: int) -> int:
        """See `Scale.position_of`."""
        return self._run.pick(self._run.workdays, count - 1).toordinal()


class WorkingTimeScale:
    """Counts the microseconds in which the desk is open.

    The sums of all days are counted once; a question looks at the intervals of a single day.
    """

    def __init__(self, run: UnbrokenYears, hours: Hours) -> None:
        self._run = run
        self._hours = hours
        # 8 bytes a day: a county has one of these per desk with its own hours
        lengths = (sum(until - since for since, until in self._open(day)) for day in run.days)
        self._sums = array("q", accumulate(lengths, initial=0))

    def count_until(self, position: int) -> int:
        """See `Scale.count_until`."""
        index = self._run.index(untick(position).astimezone(self._hours.zone).toordinal())
        today = sum(max(0, min(position, until) - since) for since, until in self._open(self._run.days[index]))
        return self._sums[index] + today

    def position_of(self, count: int) -> int:
        """See `Scale.position_of`. Raises `YearMissing`."""
        index = bisect_left(self._sums, count) - 1
        if index >= len(self._run.days):
            raise YearMissing(self._run.year_after)
        left = count - self._sums[index]
        for since, until in self._open(self._run.days[index]):
            if left <= until - since:
                break  # the intervals of a day add up to its sum: one of them holds the rest
            left -= until - since
        return since + left

    def _open(self, day: Day) -> list[tuple[int, int]]:
        if not day.works:
            return []
        zone = self._hours.zone
        open_: list[tuple[int, int]] = []
        for since, until in self._hours.of(day.date, make_up=day.make_up):
            opens, closes = tick(local_moment(day.date, since, zone)), tick(local_moment(day.date, until, zone))
            if open_:
                # where summer time makes two intervals overlap, the overlap counts once
                opens = max(opens, open_[-1][1])
            if opens < closes:
                open_.append((opens, closes))
        return open_


def tick(moment: datetime) -> int:
    """Return an aware moment as a position: microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _TICK


def untick(position: int) -> datetime:
    """Return a position as a moment in UTC."""
    return _EPOCH + timedelta(microseconds=position)


Gap = tuple[int, int | None]
"""Positions that do not count: after the first, up to and including the second. None: the gap has no end."""


def merge_gaps(gaps: Sequence[Gap]) -> list[Gap]:
    """Return the same gaps in order and without overlaps."""
    merged: list[Gap] = []
    for since, until in sorted(gaps, key=lambda gap: gap[0]):
        last = merged[-1] if merged else None
        if last is None or (last[1] is not None and last[1] < since):
            merged.append((since, until))
        elif last[1] is not None:
            merged[-1] = last[0], None if until is None else max(last[1], until)
    return merged


def position_after(scale: Scale, start: int, count: int, gaps: Sequence[Gap]) -> int | None:
    """Return the first position at which `count` units lie after `start`, outside the gaps (from `merge_gaps`).

    None where a gap without an end comes before it. Raises `YearMissing`.
    """
    if count == 0:
        return start
    target = scale.count_until(start) + count
    for since, until in gaps:
        if until is not None and until <= start:
            continue
        since = max(since, start)
        if since >= scale.position_of(target):
            break
        if until is None:
            return None
        target += scale.count_until(until) - scale.count_until(since)
    return scale.position_of(target)


def units_between(scale: Scale, start: int, until: int, gaps: Sequence[Gap]) -> int:
    """Return how many units lie after `start`, up to and including `until`, outside the gaps (from `merge_gaps`).

    Raises `YearMissing`.
    """
    count = scale.count_until(until) - scale.count_until(start)
    for since, end in gaps:
        since = max(since, start)
        end = until if end is None else min(end, until)
        if since < end:
            count -= scale.count_until(end) - scale.count_until(since)
    return count
