"""The picture of a clock as SVG: its contents, and that it stays readable."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deadlines import texts
from services.deadlines.api.svg import MOST_MONTHS, clock_svg
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.clocks.breakdown import BreakdownDay, breakdown
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.periods.period import CountedPeriod, Pause, Unit
from services.deadlines.domain.terms.term import Term
from tests.rounds import rounds
from tests.unit.deadlines.builders import at

CALENDARS = Calendars(shipped())
ORG = "520111101"


def a_clock(term: Term, since: str, pauses: Sequence[Pause] = ()) -> Clock:
    (new,) = new_clocks([term], [UUID(int=1)], at(since), ResponsibleUnit(ORG))
    (clock,) = count_ends(CALENDARS, [replace(new, period=replace(new.period, pauses=tuple(pauses)))])
    return clock


def picture(clock: Clock, today: date) -> str:
    standstills = [SubjectPause(UUID(int=2), pause, "hearing", "行政许可法第四十五条") for pause in clock.period.pauses]
    until = clock.end.due_on if clock.end else today
    days = breakdown(CALENDARS.of(ORG), clock.period, until, standstills)
    lines = texts.summary_lines(clock, standstills)
    return clock_svg(texts.name_of(clock), lines, days, clock.end.due_on if clock.end else None, today)


def marks(svg: str) -> Counter[str]:
    """Return the kinds of days drawn, without the legend at the end."""
    found = Counter(re.findall(r'class="d (\w+)"', svg))
    return found - Counter(set(found))


def titles(svg: str) -> list[str]:
    return re.findall(r"<title>([^<]*)</title>", svg)


def test_g4_the_picture_is_well_formed_whatever_is_stored() -> None:
    day = BreakdownDay(date(2026, 3, 2), "rest", None, "放假\x0b\u200b\ufffe<&>\ud800")
    svg = clock_svg("时钟\x00", ["第一行\x1b"], [day], None, date(2026, 3, 2))
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_the_picture_has_a_line_a_month_with_counted_and_other_days() -> None:
    paused = [Pause(at("2026-02-12T10:00"), at("2026-02-26T16:00"))]
    svg = picture(a_clock(Term("statutory", Unit.WORKDAY, 20), "2026-02-04T10:00", paused), date(2026, 3, 2))
    assert (">2026.02<" in svg, ">2026.03<" in svg, ">2026.04<" in svg) == (True, True, False)
    assert marks(svg) == {"start": 1, "counted": 19, "make_up": 1, "rest": 7, "paused": 15}
    assert "2026-02-28 上班（春节调休）" in titles(svg)
    assert "2026-02-20 听证期间，不计入" in titles(svg)
    assert (svg.count('id="due"'), svg.count('id="today"')) == (1, 1)
    assert "2026年2月12日至2026年2月26日因听证" in svg


def test_a_paused_clock_is_drawn_up_to_today_without_a_due_day() -> None:
    clock = a_clock(Term("statutory", Unit.WORKDAY, 20), "2026-03-02T10:00", [Pause(at("2026-03-05T10:00"))])
    svg = picture(clock, date(2026, 3, 10))
    assert 'id="due"' not in svg
    assert marks(svg) == {"start": 1, "counted": 2, "paused": 6}
    assert "暂停" in svg


@pytest.mark.parametrize(
    ("term", "counted"),
    [
        (Term("promise", Unit.IMMEDIATE, 0), {"start": 1}),
        (Term("promise", Unit.HOUR, 30), {"counted": 2}),
        (Term("promise", Unit.WORKHOUR, 9), {"counted": 2, "closed": 0}),
        (Term("complaint", Unit.DAY, 5, "handling"), {"start": 1, "counted": 5, "rolled": 2}),
    ],
)
def test_every_unit_has_a_picture(term: Term, counted: dict[str, int]) -> None:
    found = marks(picture(a_clock(term, "2026-03-02T10:00"), date(2026, 3, 3)))
    assert {name: found[name] for name in counted} == counted


def test_the_picture_of_a_long_period_leaves_out_the_middle_and_says_so() -> None:
    svg = picture(a_clock(Term("statutory", Unit.WORKDAY, 1500), "2019-02-12T10:00"), date(2020, 1, 1))
    months = re.findall(r">(\d{4}\.\d{2})<", svg)
    assert len(months) == MOST_MONTHS
    assert (months[0], months[-1]) == ("2019.02", "2025.02")
    assert "其间 49 个月从略" in svg
    assert len(svg) < 400_000


def test_texts_in_the_picture_are_escaped() -> None:
    svg = clock_svg(
        '<script>"&', ["</svg>"], breakdown(CALENDARS.of(ORG), a_period(), date(2026, 3, 9)), None, date.max
    )
    assert "<script" not in svg
    assert svg.count("</svg>") == 1


def a_period() -> CountedPeriod:
    return a_clock(Term("promise", Unit.WORKDAY, 5), "2026-03-02T10:00").period


@given(st.integers(1, 120), st.dates(date(2010, 1, 1), date(2025, 12, 31)), st.sampled_from([Unit.WORKDAY, Unit.DAY]))
@settings(max_examples=rounds(20, 60), deadline=None)
def test_the_picture_counts_as_many_days_as_the_budget(budget: int, since: date, unit: Unit) -> None:
    clock = a_clock(Term("statutory", unit, budget), f"{since}T10:00")
    assert clock.end is not None
    found = marks(picture(clock, since + timedelta(days=3)))
    assert found["counted"] + found["make_up"] == budget
    assert sum(found.values()) == (clock.end.due_on - since).days + 1


def test_long_lines_wrap_and_a_due_day_outside_the_picture_is_written() -> None:
    clock = a_clock(Term("promise", Unit.WORKDAY, 5), "2026-03-02T10:00")
    line = "该日期涉及国务院尚未公布放假安排的年份，为暂定，公布后可能调整，届时另行告知申请人"
    svg = clock_svg(
        "期限", [line], breakdown(CALENDARS.of(ORG), clock.period, date(2026, 3, 9)), None, date(2026, 5, 6)
    )
    assert line[:34] in svg
    assert f">{line[34:]}<" in svg
    assert "今天是 2026-05-06，不在图中" in svg
    assert 'id="today"' not in svg
