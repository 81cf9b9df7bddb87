"""The explanation of a clock for citizens, and which calendar applies in a region."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from bianmin.events.parts import ClockKind
from services.deadlines import texts
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar, YearMissing
from services.deadlines.domain.calendar.regions import Calendars, upward
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.clocks.breakdown import breakdown, due_on_without_grace
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.periods.period import CutOff, Pause, Unit
from services.deadlines.domain.terms.law import COMPLAINT_RETURN
from services.deadlines.domain.terms.term import Term
from tests.unit.deadlines.builders import at
from tests.unit.deadlines.one_calendar import OneCalendar

PLAIN: dict[str, Any] = {"capped": False, "recalculated": False}


def a_clock(calendar: Calendar, term: Term, on: str) -> Clock:
    new = new_clocks([term], [UUID(int=1)], at(f"{on}T09:00"), ResponsibleUnit("520111101"))
    (clock,) = count_ends(OneCalendar(calendar), new)
    return clock


def announced(calendar: Calendar, clock: Clock, *, capped: bool = False, recalculated: bool = False) -> str:
    until = clock.end.due_on if clock.end else date(2026, 12, 31)
    return texts.explanation(clock, breakdown(calendar, clock.period, until), capped=capped, recalculated=recalculated)


@pytest.mark.parametrize(
    ("term", "on", "text"),
    [
        (
            Term("promise", Unit.WORKDAY, 5),
            "2025-09-26",
            "承诺办结期限为5个工作日，自2025年9月26日起算。起算当日不计入，周末和法定节假日不计入，调休上班日计入，"
            "其间有9天休息日不计入。最后一日为2025年10月10日，当日24时前均为按期。尚在期限内。",
        ),
        (
            Term("complaint", Unit.DAY, 60, "handling"),
            "2025-08-02",
            "投诉办理期限为60日（自然日），自2025年8月2日起算。起算当日不计入，其后逐日连续计算。"
            "最后一日遇休息日，顺延8天。最后一日为2025年10月9日，当日24时前均为按期。尚在期限内。",
        ),
        (
            Term("promise", Unit.IMMEDIATE, 0),
            "2026-03-02",
            "承诺办结期限为当日办结，自2026年3月2日起算。最后一日为2026年3月2日，当日24时前均为按期。尚在期限内。",
        ),
    ],
)
def test_the_explanation_says_how_a_period_is_counted(national: Calendar, term: Term, on: str, text: str) -> None:
    assert announced(national, a_clock(national, term, on)) == text


def test_the_explanation_says_what_is_provisional_and_how_the_clock_stopped(national: Calendar) -> None:
    clock = a_clock(national, Term("statutory", Unit.WORKDAY, 20), "2026-12-21")
    assert "暂定" in announced(national, clock)
    assert "以法定期限届满日为准" in announced(national, clock, capped=True)
    assert "依据现行日历" in announced(national, clock, recalculated=True)
    assert "临近到期" in announced(national, replace(clock, lamp="yellow"))
    assert "已经超过期限" in announced(national, replace(clock, lamp="red"))
    in_time, _ = stop_clock(clock, "case", at("2026-12-30T10:00"))
    assert announced(national, in_time).endswith("已于2026年12月30日停止计时，在期限内。")
    late, _ = stop_clock(clock, "case", at("2027-05-10T10:00"))
    assert announced(national, late).endswith("已于2027年5月10日停止计时，超过期限。")


def test_the_explanation_of_a_closed_window_names_its_last_day(national: Calendar) -> None:
    closed, _ = stop_clock(a_clock(national, COMPLAINT_RETURN, "2026-03-02"), "complaint", at("2026-03-10T10:00"))
    assert announced(national, closed).endswith("最后一日为2026年3月9日，当日24时前均为按期。期限已满。")


def test_the_explanation_says_how_often_and_why_the_end_has_moved(national: Calendar) -> None:
    clock = a_clock(national, Term("statutory", Unit.WORKDAY, 20), "2026-03-02")
    moves = [
        DueDateChange(at("2026-03-03T10:00"), "extension", 10, date(2026, 3, 30), date(2026, 4, 14), "CN-1"),
        DueDateChange(at("2026-03-05T10:00"), "calendar", None, date(2026, 4, 14), date(2026, 4, 15), "CN-2"),
        DueDateChange(at("2026-03-06T10:00"), "extension", 5, None, None, "CN-2"),  # while it stood still
    ]
    text = texts.explanation(clock, breakdown(national, clock.period, date(2026, 3, 30)), (), moves, **PLAIN)
    assert "2026年3月3日依法延长10个工作日，最后一日由2026年3月30日改为2026年4月14日。" in text
    assert "2026年3月5日因放假安排调整，最后一日由2026年4月14日改为2026年4月15日。" in text
    assert "2026年3月6日依法延长5个工作日。" in text


def account(
    calendar: Calendar, term: Term, pauses: Sequence[tuple[Pause, str]] = (), not_before: date | None = None
) -> tuple[str, dict[str, str]]:
    """Return the explanation of a clock that started on 2 March 2026 at ten: as a paragraph, and day by day."""
    [new] = new_clocks([term], [UUID(int=1)], at("2026-03-02T10:00"), ResponsibleUnit("520111101"))
    period = replace(new.period, pauses=tuple(pause for pause, _ in pauses), not_before=not_before)
    [clock] = count_ends(OneCalendar(calendar), [replace(new, period=period)])
    standstills = [SubjectPause(UUID(int=2), pause, reason, "行政许可法第四十五条") for pause, reason in pauses]
    assert clock.end is not None
    days = breakdown(calendar, period, clock.end.due_on, standstills)
    without_grace = due_on_without_grace(calendar, period)
    text = texts.explanation(clock, days, standstills, without_grace=without_grace, **PLAIN)
    assert [
        line for line in texts.summary_lines(clock, standstills, without_grace=without_grace) if line not in text
    ] == []
    return text, {str(each.date)[5:]: each.reason for each in days}


@pytest.mark.parametrize(
    ("term", "would_have_been"),
    [
        (Term("promise", Unit.WORKDAY, 3), "2026年3月5日"),
        (Term("complaint", Unit.DAY, 5, "handling"), "2026年3月9日"),
        (Term("promise", Unit.WORKHOUR, 5), "2026年3月2日"),
        (Term("promise", Unit.IMMEDIATE, 0), "2026年3月2日"),
    ],
)
def test_the_explanation_names_the_day_of_grace_as_a_day_that_does_not_count(
    national: Calendar, term: Term, would_have_been: str
) -> None:
    text, days = account(national, term, not_before=date(2026, 3, 12))
    assert f"重新计算后，最后一日本应为{would_have_been}，算出时该日已过，依规定宽限到下述日期。" in text
    assert "2026年3月12日" in text
    assert (days["03-10"], days["03-12"]) == ("期限已满，宽限的日子",) * 2
    if term.unit is Unit.DAY:
        assert "最后一日遇休息日，顺延2天。" in text
        assert days["03-09"] == "自然日，最后一日"


def test_the_explanation_of_a_pause_after_closing_time_starts_on_the_next_day(national: Calendar) -> None:
    pause = Pause(at("2026-03-03T18:00"), at("2026-03-05T11:00"))
    term = Term("promise", Unit.WORKDAY, 3, cut_off=CutOff.CLOSE)
    text, days = account(national, term, [(pause, "hearing")])
    assert "暂停，首尾两日在内，均不计入（下班以后才暂停的，首日照计）。" in text
    assert (days["03-03"], days["03-04"], days["03-05"]) == ("工作日", "听证期间，不计入", "听证期间，不计入")


def test_the_explanation_omits_a_day_of_grace_that_made_no_difference(national: Calendar) -> None:
    assert "宽限" not in str(account(national, Term("promise", Unit.WORKDAY, 3), not_before=date(2026, 3, 5)))


def test_the_explanation_of_hours_is_in_hours_and_minutes_with_the_reasons_of_pauses(national: Calendar) -> None:
    paused = Pause(at("2026-03-03T09:20"), at("2026-03-05T11:00"))
    text, days = account(national, Term("promise", Unit.HOUR, 30), [(paused, "hearing")])
    assert "2026年3月3日09:20至2026年3月5日11:00因听证（行政许可法第四十五条）暂停，其间的时间不计入。" in text
    assert days == {
        "03-02": "连续计时，计入14小时",
        "03-03": "连续计时，计入9小时20分（听证暂停的时间除外）",
        "03-04": "听证期间，不计入",
        "03-05": "连续计时，计入6小时40分（听证暂停的时间除外）",
    }


def test_the_explanation_of_paused_days_names_the_procedures(national: Calendar) -> None:
    hearing, publicity = (Pause(at(f"2026-03-0{day}T09:20"), at("2026-03-05T11:00")) for day in (3, 5))
    term = Term("statutory", Unit.WORKDAY, 5)
    text, days = account(national, term, [(hearing, "hearing"), (publicity, "publicity")])
    assert "2026年3月3日至2026年3月5日因听证（行政许可法第四十五条）暂停，首尾两日在内，均不计入。" in text
    assert "2026年3月5日当日因公示（行政许可法第四十五条）暂停，不计入。" in text
    assert (days["03-04"], days["03-05"]) == ("听证期间，不计入", "听证、公示期间，不计入")


def test_hours_that_end_at_midnight_end_on_the_day_before(national: Calendar) -> None:
    text, days = account(national, Term("promise", Unit.HOUR, 14))
    assert "2026年3月2日24时前均为按期。" in text
    assert days["03-03"] == "期限在这一天零时届满"


@pytest.mark.parametrize("kind", ["rating", "rectification"])
def test_every_kind_of_clock_has_a_name(kind: ClockKind) -> None:
    clock, _ = new_clocks(
        [Term(kind, Unit.WORKDAY, 1)] * 2, [UUID(int=1)] * 2, at("2026-03-02T10:00"), ResponsibleUnit("52")
    )
    assert texts.name_of(clock) != "办理期限"


def a_festival() -> CalendarYear:
    festival = NamedDay(date(2026, 3, 9), DayKind.OFF, "三月三")
    return CalendarYear("520111", 2026, YearStatus.OFFICIAL, "测试", (festival,))


def test_a_region_without_a_calendar_uses_the_nearest_above_it() -> None:
    with_county = Calendars([*shipped(), a_festival()])
    assert with_county.of("520111101201").region == "520111"
    assert with_county.of("520112101").region == with_county.of("52").region == with_county.of("CN").region == "CN"
    assert not with_county.of("520111101").is_workday(date(2026, 3, 9))
    assert with_county.of("52").is_workday(date(2026, 3, 9))


def test_a_year_is_found_at_the_nearest_region_that_published_it() -> None:
    with_county = Calendars([*shipped(), a_festival()])
    assert with_county.year("520111101201", 2026).region == "520111"
    assert with_county.year("520111101201", 2025).region == "CN"
    with pytest.raises(YearMissing, match="2031"):
        with_county.year("52", 2031)


def test_the_regions_above_a_region_go_up_to_the_country() -> None:
    assert upward("520111101201") == ("520111101201", "520111101", "520111", "5201", "52", "CN")
    assert upward("CN") == ("CN",)
