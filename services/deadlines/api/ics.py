"""Calendar years as iCalendar files (RFC 5545): parse and format."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from icalendar import Calendar, Component, Event, vText

from bianmin.domain.text import UnfitText, clean_name, clean_text
from bianmin.kit.refusals import FieldError, Invalid
from services.deadlines.api.ics_names import kind_of, without_kind
from services.deadlines.api.regions import check_region_of_body
from services.deadlines.domain.calendar.years import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarInvalid,
    CalendarYear,
    DayKind,
    NamedDay,
    YearStatus,
)

ONE_DAY = timedelta(days=1)
LONGEST_EVENT = 60  # days; no holiday is longer: the end of a longer event is a typing error
LONGEST_NAME, LONGEST_SOURCE = 100, 2000  # characters
_KINDS = {
    "ALTERNATE-WORKDAY": DayKind.WORK,
    "WORK-HOLIDAY": DayKind.OFF,
}  # the marks of a common feed of Chinese holidays
# no property of the standard holds these; without them an estimated year would be imported as official
_REGION, _STATUS, _SOURCE = "X-BIANMIN-REGION", "X-BIANMIN-STATUS", "X-BIANMIN-SOURCE"
MOST_PARTS = 2000
MOST_BYTES = 256 * 1024
"""More than twenty years of holidays have; a megabyte of parameters takes seconds to parse."""
_FOLD = re.compile(rb"\r?\n[ \t]")
_REPEATING = ("rrule", "rdate", "exdate", "exrule", "recurrence-id")
_SINGLE_PROPERTIES = ("summary", "dtstart", "dtend", "duration", "status", "x-apple-special-day")


class IcsInvalid(Invalid):
    """The file is no iCalendar file, or does not say unambiguously what it sets."""

    slug, title = "ics-invalid", "日历文件有误"


def parse_year(
    body: bytes, region: str, year: int, status: YearStatus | None, source: str | None, *, skips_other_years: bool
) -> CalendarYear:
    """Return the year of a region in a file. Its events are whole days, from DTSTART to the day before DTEND.

    `status`, `source`: what they are where the file does not matter; None takes them from the file.
    `skips_other_years`: leave out events of other years instead of refusing them. Whether an event is off or worked
    follows from its name (`kind_of`). Cancelled events are left out.

    Raises `RegionDiffers` where the file is of another region; `IcsInvalid` where it cannot be parsed, or the name of
    an event is ambiguous.
    """
    calendar = _parse(body)
    check_region_of_body(region, _text_of(calendar, _REGION, "") or None)
    source = _cleaned(source or "", "query:source", LONGEST_SOURCE, clean_text) or _cleaned(
        _text_of(calendar, _SOURCE, "") or _text_of(calendar, "X-WR-CALNAME", ""), "", LONGEST_SOURCE, clean_text
    )
    if not source:
        raise _wrong("query:source", "文件没有名称（X-WR-CALNAME），请在地址后加上 source= 注明来源，如通知文号")
    events = [event for event in calendar.walk("VEVENT") if _text_of(event, "status", "").upper() != "CANCELLED"]
    if not events:
        raise _wrong("/VEVENT", "文件里没有任何（未取消的）事件，请核对是否选对了文件")
    days: dict[date, NamedDay] = {}
    for number, event in enumerate(events, 1):
        for named in _days(number, event):
            if named.day.year != year and skips_other_years:
                continue
            if days.setdefault(named.day, named).kind is not named.kind:
                raise _wrong(f"/VEVENT/{number}", f"{named.day} 既有放假又有上班，请核对通知后只保留一项")
    if not days:
        raise _wrong("/VEVENT", f"文件里没有 {year} 年的日子，请核对年份")
    try:
        return CalendarYear(region, year, status or _status(calendar), source, tuple(days[day] for day in sorted(days)))
    except CalendarInvalid as error:
        raise _wrong("/VEVENT", str(error)) from error


def format_year(year: CalendarYear) -> bytes:
    """Return a year as a file: one event for each run of equal days. Equal years give equal files."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bianmin//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", " ".join(year.source.split()))
    for name, text in ((_REGION, year.region), (_STATUS, year.status.value), (_SOURCE, year.source)):
        calendar.add(name, vText(text), parameters={"VALUE": "TEXT"})
    days = sorted(year.days, key=lambda named: named.day)
    runs = groupby(enumerate(days), key=lambda each: (each[1].day.toordinal() - each[0], each[1].kind, each[1].name))
    for (_, kind, name), run in runs:
        span = [named.day for _, named in run]
        event = Event()
        event.add("uid", f"{year.region}-{span[0]}@bianmin")
        event.add("dtstamp", datetime(year.year, 1, 1, tzinfo=UTC))  # required; a fixed value keeps equal years equal
        event.add("summary", f"上班（{name}）" if kind is DayKind.WORK else f"放假（{name}）")
        event.add("dtstart", span[0])
        event.add("dtend", span[-1] + ONE_DAY)
        event.add("x-apple-special-day", next(mark for mark, each in _KINDS.items() if each is kind))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _parse(body: bytes) -> Calendar:
    if len(body) > MOST_BYTES:
        raise _wrong("", f"文件太大（最多 {MOST_BYTES // 1024} KB），请只保留放假和上班的日子")
    if body.upper().count(b"BEGIN:") > MOST_PARTS:
        raise _wrong("", f"文件里的事件太多（最多 {MOST_PARTS} 个），请只保留放假和上班的日子")
    try:
        # lines are folded between bytes, also inside a character (RFC 5545, 3.1)
        text = _FOLD.sub(b"", body).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong("", "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8 后重新上传") from error
    try:
        found = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, RecursionError) as error:
        raise _wrong("", "不是 iCalendar 文件（应以 BEGIN:VCALENDAR 开头），请核对后重新上传") from error
    if not isinstance(found, Calendar):
        raise _wrong("", "不是 iCalendar 文件（应以 BEGIN:VCALENDAR 开头），请核对后重新上传")
    return found


def _status(calendar: Calendar) -> YearStatus:
    try:
        return YearStatus(_text_of(calendar, _STATUS, "").lower())
    except ValueError as error:
        detail = (
            "文件没有说明是已公布的安排还是推定的，请在地址后加上 status=official（已公布）或 status=estimated（推定）"
        )
        raise _wrong("query:status", detail) from error


def _text_of(component: Component, name: str, where: str) -> str:
    """The text of a property; empty where it is missing. Raises `IcsInvalid` where it is there twice."""
    found = component.get(name)
    if isinstance(found, list):
        raise _wrong(where, f"{name.upper()} 出现了不止一次，请只保留一个")
    return "" if found is None else str(found).strip()


def _days(number: int, event: Component) -> Iterator[NamedDay]:
    where, which = f"/VEVENT/{number}", f"第 {number} 个事件"
    if event.errors or any(isinstance(event.get(name), list) for name in _SINGLE_PROPERTIES):
        raise _wrong(where, f"{which}不合 iCalendar 格式，请核对")
    name = _cleaned(_text_of(event, "summary", where), where, LONGEST_NAME, clean_name)
    if any(event.get(each) is not None for each in _REPEATING):
        raise _wrong(where, f"{which}是重复事件，或有例外的日子；请逐年写明日期")
    start, length = _span(where, which, event)
    if event.get("x-apple-special-day") is not None:
        marked = _KINDS.get(_text_of(event, "x-apple-special-day", where).upper())
    else:
        marked = None
    kind = kind_of(name, marked)
    if kind is None or not name:
        detail = f"{which}（{start}）从名称看不准是放假还是上班；请只写一件事，写作“放假（某节）”或“上班（某节调休）”"
        raise _wrong(where, detail)
    for offset in range(length):
        yield NamedDay(start + offset * ONE_DAY, kind, without_kind(name))


def _span(where: str, which: str, event: Component) -> tuple[date, int]:
    """The first day of an event, and how many days it has."""
    start = getattr(event.get("dtstart"), "dt", None)
    end = getattr(event.get("dtend"), "dt", None)
    duration = getattr(event.get("duration"), "dt", None)
    if type(start) is not date or type(end) not in (date, type(None)):
        raise _wrong(where, f"{which}应为整天的（DTSTART;VALUE=DATE）")
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise _wrong(where, f"{which}的年份 {start.year} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    if end is not None and duration is not None:
        raise _wrong(where, f"{which}既有 DTEND 又有 DURATION，请只保留一个")
    length = end - start if end is not None else ONE_DAY if duration is None else duration
    if not isinstance(length, timedelta) or length % ONE_DAY:
        raise _wrong(where, f"{which}的 DURATION 应为整天的，如 P1D")
    if not ONE_DAY <= length <= LONGEST_EVENT * ONE_DAY:
        raise _wrong(where, f"{which}的结束日期（不含当日）应晚于开始日期，且不超过 {LONGEST_EVENT} 天")
    return start, length.days


def _cleaned(text: str, where: str, longest: int, clean: Callable[[str], str]) -> str:
    try:
        text = clean(text)
    except UnfitText as error:
        raise _wrong(where, f"名称的{error}") from error
    if len(text) > longest:
        raise _wrong(where, f"名称太长（最多 {longest} 字）")
    return text


def _wrong(pointer: str, detail: str) -> IcsInvalid:
    return IcsInvalid(f"{detail}。", errors=[FieldError(pointer, "ics_invalid", detail)])
