"""When a desk is open: several intervals a day, any days of the week."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.years import CalendarInvalid

MIDNIGHT = 24 * 60  # minutes
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


class Interval(NamedTuple):
    """Open from one minute of the day to another; 1440 is the end of the day."""

    since: int
    until: int

    @classmethod
    def of(cls, since: str, until: str) -> "Interval":
        """`09:00`, `12:30`; the end of the day is `24:00`."""
        return cls(_minute(since), _minute(until))


@dataclass(frozen=True, slots=True)
class Hours:
    """The week of a desk, Monday first, and what it does on a make-up workday.

    They hold on the working days of its calendar: a holiday is a holiday at every desk. Raises `CalendarInvalid` when
    intervals overlap, are turned round, or never open the desk at all.
    """

    weekdays: tuple[tuple[Interval, ...], ...]
    make_up: tuple[Interval, ...]
    zone: ZoneInfo = TZ

    def __post_init__(self) -> None:
        if len(self.weekdays) != 7:
            raise CalendarInvalid("开放时间应为周一到周日共七天")
        for intervals in (*self.weekdays, self.make_up):
            _check(intervals)
        if not any(self.weekdays[:5]):
            # a Saturday is worked when it makes up for another day, and then by the hours of those days
            raise CalendarInvalid("周一到周五没有任何开放时间，无法按工作时间计算期限")

    def of(self, day: date, *, make_up: bool) -> tuple[Interval, ...]:
        """The intervals of a working day."""
        return self.make_up if make_up else self.weekdays[day.weekday()]


def every_weekday(*intervals: Interval, zone: ZoneInfo = TZ) -> Hours:
    """The same hours from Monday to Friday and on make-up workdays."""
    return Hours((intervals,) * 5 + ((), ()), intervals, zone)


def local_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of a local day; where summer time skips or repeats it, as RFC 5545 3.3.5 reads it."""
    if minute == MIDNIGHT:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def _minute(text: str) -> int:
    if text == "24:00":
        return MIDNIGHT
    if not _TIME.fullmatch(text):  # ISO has other ways to write it: T0900, 0900Z
        raise CalendarInvalid("开放时间应写作 09:00 至 24:00 的“时:分”")
    return int(text[:2]) * 60 + int(text[3:])


def _check(intervals: Sequence[Interval]) -> None:
    last = 0
    for since, until in intervals:
        if not 0 <= since < until <= MIDNIGHT:
            raise CalendarInvalid("开放时间的每一段应从早到晚，且在 00:00 至 24:00 之间")
        if since < last:
            raise CalendarInvalid("同一天的开放时间应按先后排列，不得重叠")
        last = until


OFFICE = every_weekday(Interval(9 * 60, 12 * 60), Interval(13 * 60, 17 * 60))
"""Where nobody has said otherwise: the usual hours of service halls."""
