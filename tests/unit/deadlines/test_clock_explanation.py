"""What a citizen is told of a clock, and which calendar counts where."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.deadlines import texts
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar import Calendar, YearMissing
from services.deadlines.domain.clock import Answerable, Clock, reckon, start, stop
from services.deadlines.domain.ledger import ledger
from services.deadlines.domain.moves import Moved
from services.deadlines.domain.periods import Unit
from services.deadlines.domain.regions import Calendars, upward
from services.deadlines.domain.terms import Term
from services.deadlines.domain.years import CalendarYear, Kind, NamedDay, Status
from tests.unit.deadlines.everywhere import Everywhere
from tests.unit.deadlines.test_clock_rules import at

PLAIN = {"capped": False, "recalculated": False}


def a_clock(calendar: Calendar, term: Term, on: str) -> Clock:
    new = start([term], [UUID(int=1)], at(f"{on}T09:00"), Answerable("520111101"))
    (clock,) = reckon(Everywhere(calendar), new)
    return clock


def told(calendar: Calendar, clock: Clock, *, capped: bool = False, recalculated: bool = False) -> str:
    until = clock.end.due_on if clock.end else date(2026, 12, 31)
    return texts.explanation(clock, ledger(calendar, clock.period, until), capped=capped, recalculated=recalculated)


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
def test_a_citizen_is_told_how_a_period_is_counted(national: Calendar, term: Term, on: str, text: str) -> None:
    assert told(national, a_clock(national, term, on)) == text


def test_a_citizen_is_told_what_is_not_certain_and_how_it_ended(national: Calendar) -> None:
    clock = a_clock(national, Term("statutory", Unit.WORKDAY, 20), "2026-12-21")
    assert "暂定" in told(national, clock)
    assert "以法定期限届满日为准" in told(national, clock, capped=True)
    assert "依据现行日历" in told(national, clock, recalculated=True)
    assert "临近到期" in told(national, replace(clock, lamp="yellow"))
    assert "已经超过期限" in told(national, replace(clock, lamp="red"))
    in_time, _ = stop(clock, "case", at("2026-12-30T10:00"))
    assert told(national, in_time).endswith("已于2026年12月30日停止计时，在期限内。")
    late, _ = stop(clock, "case", at("2027-05-10T10:00"))
    assert told(national, late).endswith("已于2027年5月10日停止计时，超过期限。")


def test_a_citizen_is_told_how_often_and_why_the_end_has_moved(national: Calendar) -> None:
    clock = a_clock(national, Term("statutory", Unit.WORKDAY, 20), "2026-03-02")
    moves = [
        Moved(at("2026-03-03T10:00"), "extension", 10, date(2026, 3, 30), date(2026, 4, 14), "CN-1"),
        Moved(at("2026-03-05T10:00"), "calendar", None, date(2026, 4, 14), date(2026, 4, 15), "CN-2"),
        Moved(at("2026-03-06T10:00"), "extension", 5, None, None, "CN-2"),  # while it stood still
    ]
    text = texts.explanation(clock, ledger(national, clock.period, date(2026, 3, 30)), (), moves, **PLAIN)
    assert "2026年3月3日依法延长10个工作日，最后一日由2026年3月30日改为2026年4月14日。" in text
    assert "2026年3月5日因放假安排调整，最后一日由2026年4月14日改为2026年4月15日。" in text
    assert "2026年3月6日依法延长5个工作日。" in text


def a_festival() -> CalendarYear:
    festival = NamedDay(date(2026, 3, 9), Kind.OFF, "三月三")
    return CalendarYear("520111", 2026, Status.OFFICIAL, "测试", (festival,))


def test_a_region_without_a_calendar_uses_the_nearest_above_it() -> None:
    with_county = Calendars([*shipped(), a_festival()])
    assert with_county.of("520111101201").region == "520111"
    assert with_county.of("520112101").region == with_county.of("52").region == with_county.of("CN").region == "CN"
    assert not with_county.of("520111101").is_workday(date(2026, 3, 9))
    assert with_county.of("52").is_workday(date(2026, 3, 9))


def test_what_was_published_about_a_year_is_found_upward() -> None:
    with_county = Calendars([*shipped(), a_festival()])
    assert with_county.year("520111101201", 2026).region == "520111"
    assert with_county.year("520111101201", 2025).region == "CN"
    with pytest.raises(YearMissing, match="2028"):
        with_county.year("52", 2028)


def test_regions_lie_within_one_another_up_to_the_country() -> None:
    assert upward("520111101201") == ("520111101201", "520111101", "520111", "5201", "52", "CN")
    assert upward("CN") == ("CN",)
