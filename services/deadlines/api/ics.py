"""Calendars as iCalendar files (RFC 5545), in and out."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from icalendar import Calendar, Component, Event

from bianmin.kit.bodies import unwritable
from bianmin.kit.refusals import FieldError, Invalid
from services.deadlines.domain.years import CalendarInvalid, CalendarYear, Kind, NamedDay, Status

ONE_DAY = timedelta(days=1)
LONGEST = 60  # days; no holiday is longer, an event that is has a slip in its end
LONGEST_NAME, LONGEST_SOURCE = 100, 2000  # characters
WORKED = ("上班", "补班", "（班）", "(班)")
OFF = ("放假", "假期", "休假", "休息", "（休）", "(休)")
_KINDS = {"ALTERNATE-WORKDAY": Kind.WORK, "WORK-HOLIDAY": Kind.OFF}  # as a common feed of Chinese holidays marks them


class IcsInvalid(Invalid):
    slug, title = "ics-invalid", "日历文件有误"


def read(
    body: bytes, region: str, year: int, status: Status, source: str | None, *, skips_other_years: bool
) -> CalendarYear:
    """A year out of a file: whole days, from DTSTART up to, not including, DTEND. Raises `IcsInvalid`.

    What an event means follows from its name, 上班(补…) before 假期: what makes up for a holiday is worked. An event
    that says neither is refused, not guessed.
    """
    calendar = _parsed(body)
    source = source or str(calendar.get("X-WR-CALNAME", "")).strip()
    if not source:
        raise _wrong("query:source", "文件没有名称（X-WR-CALNAME），请用 source 注明来源，如通知文号")
    _check(source, "query:source", LONGEST_SOURCE)
    days: dict[date, NamedDay] = {}
    for number, event in enumerate(calendar.walk("VEVENT"), 1):
        for named in _days(number, event):
            if named.day.year != year and skips_other_years:
                continue
            if days.setdefault(named.day, named).kind is not named.kind:
                raise _wrong(f"/VEVENT/{number}", f"{named.day} 既有放假又有上班，请核对通知后只保留一项")
    try:
        return CalendarYear(region, year, status, source, tuple(days[day] for day in sorted(days)))
    except CalendarInvalid as error:
        raise _wrong("/VEVENT", str(error)) from error


def written(year: CalendarYear) -> bytes:
    """A year as a file: one event for every run of days alike."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bianmin//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", year.source)
    days = sorted(year.days, key=lambda named: named.day)
    runs = groupby(enumerate(days), key=lambda each: (each[1].day.toordinal() - each[0], each[1].kind, each[1].name))
    for (_, kind, name), run in runs:
        span = [named.day for _, named in run]
        event = Event()
        event.add("uid", f"{year.region}-{span[0]}@bianmin")
        event.add("summary", f"上班（{name}）" if kind is Kind.WORK else f"放假（{name}）")
        event.add("dtstart", span[0])
        event.add("dtend", span[-1] + ONE_DAY)
        event.add("x-apple-special-day", next(mark for mark, each in _KINDS.items() if each is kind))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _parsed(body: bytes) -> Calendar:
    try:
        found = Calendar.from_ical(body)
    except (ValueError, KeyError, IndexError) as error:
        raise _wrong("", "不是 iCalendar 文件（应以 BEGIN:VCALENDAR 开头），请核对后重新上传") from error
    if not isinstance(found, Calendar):
        raise _wrong("", "不是 iCalendar 文件（应以 BEGIN:VCALENDAR 开头），请核对后重新上传")
    return found


def _days(number: int, event: Component) -> Iterator[NamedDay]:
    where, name = f"/VEVENT/{number}", str(event.get("summary", "")).strip()
    _check(name, where, LONGEST_NAME)
    if event.errors:
        raise _wrong(where, f"第 {number} 个事件不合 iCalendar 格式，请核对")
    if event.get("rrule") is not None or event.get("rdate") is not None:
        raise _wrong(where, f"第 {number} 个事件是重复事件；请逐年写明日期")
    start = getattr(event.get("dtstart"), "dt", None)
    end = getattr(event.get("dtend"), "dt", None)
    duration = getattr(event.get("duration"), "dt", None)
    if type(start) is not date or type(end) not in (date, type(None)):
        raise _wrong(where, f"第 {number} 个事件应为整天的（DTSTART;VALUE=DATE）")
    last = end or start + (duration if isinstance(duration, timedelta) else ONE_DAY)
    if not ONE_DAY <= last - start <= LONGEST * ONE_DAY:
        raise _wrong(where, f"第 {number} 个事件的结束日期（不含当日）应晚于开始日期，且不超过 {LONGEST} 天")
    kind = _kind(event, name)
    if kind is None or not name:
        raise _wrong(where, f"第 {number} 个事件（{start}）看不出是放假还是上班；请在名称里写明“放假”或“上班”")
    for offset in range((last - start).days):
        yield NamedDay(start + offset * ONE_DAY, kind, _short(name))


def _check(text: str, where: str, longest: int) -> None:
    if len(text) > longest or unwritable(text):
        raise _wrong(where, f"名称太长（最多 {longest} 字），或含有不能保存的字符")


def _kind(event: Component, name: str) -> Kind | None:
    marked = _KINDS.get(str(event.get("x-apple-special-day", "")).upper())
    if marked is not None:
        return marked
    if any(word in name for word in WORKED):
        return Kind.WORK
    return Kind.OFF if any(word in name for word in OFF) else None


def _short(name: str) -> str:
    """The name as it was before it was written: 放假（春节） is 春节."""
    for kind in ("上班（", "放假（"):
        if name.startswith(kind) and name.endswith("）"):
            return name.removeprefix(kind).removesuffix("）")
    return name


def _wrong(pointer: str, told: str) -> IcsInvalid:
    return IcsInvalid(f"{told}。", errors=[FieldError(pointer, "ics_invalid", told)])
