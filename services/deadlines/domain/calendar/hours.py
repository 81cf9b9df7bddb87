"""Opening hours of a desk: several intervals a day, for each day of the week."""

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
    """Open from minute `since` of the day until minute `until`. 1440 is the end of the day."""

    since: int
    until: int

    @classmethod
    def of(cls, since: str, until: str) -> "Interval":
        """Return the interval between two texts such as `09:00`; `24:00` is the end of the day.

        Raises `CalendarInvalid` for other texts.
        """
        return cls(_minute(since), _minute(until))


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of a desk: for each weekday, Monday first, and for make-up workdays (调休上班).

    They apply on working days only: a holiday is a holiday at every desk. Raises `CalendarInvalid` where intervals
    overlap or end before they start, or the desk is not open on any day from Monday to Friday.
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
            # a Saturday is worked only as a make-up workday, and then by the hours of make-up workdays
            raise CalendarInvalid("周一到周五没有任何开放时间，无法按工作时间计算期限")

    def of(self, day: date, *, make_up: bool) -> tuple[Interval, ...]:
        """Return the intervals of a working day."""
        return self.make_up if make_up else self.weekdays[day.weekday()]


def every_weekday(*intervals: Interval, zone: ZoneInfo = TZ) -> Hours:
    """Return opening hours that are the same from Monday to Friday and on make-up workdays."""
    return Hours((intervals,) * 5 + ((), ()), intervals, zone)


def local_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the moment of a minute of a local day, 0 to 1440.

    Where summer time skips or repeats it, RFC 5545 section 3.3.5 decides.
    """
    if minute == MIDNIGHT:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def _minute(text: str) -> int:
    if text == "24:00":
        return MIDNIGHT
    if not _TIME.fullmatch(text):  # ISO 8601 also allows T0900 and 0900Z
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
"""The usual hours of service halls: 09:00 to 12:00 and 13:00 to 17:00, unless a region publishes others."""
