"""Due dates, yellow moments and breakdowns: by published vectors and at their limits."""

from datetime import UTC, datetime, timedelta

import pytest

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar, SpanReversed, YearMissing, merge
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.counting import counted_between
from services.deadlines.domain.periods.period import (
    BudgetOutOfRange,
    Pause,
    Unit,
    is_early,
    is_late,
)
from tests.unit.deadlines.period_builders import (
    OF_DAYS,
    a_period,
    budget_left,
    day,
    due,
    explain,
    midnight,
    skipped,
    yellow_at,
)

WORKDAY_VECTORS = [
    ("2025-09-26", 5, "2025-10-10"),  # make-up Sunday 09-28 counts, an eight-day holiday does not
    ("2025-01-24", 5, "2025-02-07"),  # make-up Sunday 01-26 counts
    ("2026-02-13", 20, "2026-03-19"),  # a nine-day Spring Festival, make-up Saturdays 02-14 and 02-28
    ("2024-02-09", 3, "2024-02-20"),  # New Year's Eve of 2024 was worked, and Sunday 02-18
    ("2026-01-01", 1, "2026-01-04"),  # received on a holiday; the first working day is a make-up Sunday
    ("2026-06-18", 20, "2026-07-17"),  # Dragon Boat Festival
    ("2026-09-19", 1, "2026-09-20"),  # from a Saturday to a make-up Sunday
    ("2025-12-31", 45, "2026-03-11"),  # a joint case
    ("2026-03-02", 20, "2026-03-30"),
    ("2026-03-02", 10, "2026-03-16"),
    ("2026-03-02", 5, "2026-03-09"),
]
CALENDAR_DAY_VECTORS = [
    ("2025-08-02", 60, "2025-10-09"),  # the 60th day is 10-01 and rolls over the holiday
    ("2026-01-20", 30, "2026-02-24"),  # the 30th day is 02-19
    ("2026-03-02", 15, "2026-03-17"),
    ("2026-01-31", 30, "2026-03-02"),
]


@pytest.mark.parametrize(("start", "budget", "due_on"), WORKDAY_VECTORS)
def test_working_days_end_as_in_the_published_vectors(national: Calendar, start: str, budget: int, due_on: str) -> None:
    assert due(national, day(start), budget, Unit.WORKDAY).due_on == day(due_on)


@pytest.mark.parametrize(("start", "budget", "due_on"), CALENDAR_DAY_VECTORS)
def test_calendar_days_end_as_in_the_published_vectors(
    national: Calendar, start: str, budget: int, due_on: str
) -> None:
    assert due(national, day(start), budget, Unit.DAY).due_on == day(due_on)


def test_an_immediate_period_is_due_on_its_start_day_also_on_a_holiday(national: Calendar) -> None:
    for unit in OF_DAYS:
        answer = due(national, day("2026-02-17"), 0, unit)
        assert (answer.due_on, answer.due_at) == (day("2026-02-17"), midnight("2026-02-18"))
        assert skipped(national, day("2026-02-17"), 0, unit) == []


def test_a_due_day_ends_at_24_o_clock_in_the_county(national: Calendar) -> None:
    answer = due(national, day("2026-03-02"), 5, Unit.WORKDAY)
    assert answer.due_at == datetime(2026, 3, 10, tzinfo=TZ) == datetime(2026, 3, 9, 16, tzinfo=UTC)


def test_friday_evening_saturday_and_sunday_give_the_same_due_day(national: Calendar) -> None:
    starts = [day("2026-03-06"), day("2026-03-07"), day("2026-03-08")]
    assert {due(national, start, 5, Unit.WORKDAY).due_on for start in starts} == {day("2026-03-13")}


def test_calendar_days_warn_before_the_days_off_that_the_end_moves_over(national: Calendar) -> None:
    # the 60th day is 05-01, the last 05-06: of 60 days nine tenths are over with the 54th
    assert due(national, day("2026-03-02"), 60, Unit.DAY).due_on == day("2026-05-06")
    assert yellow_at(national, day("2026-03-02"), 60, Unit.DAY) == midnight("2026-04-26")


def test_days_that_do_not_count_have_a_reason(national: Calendar) -> None:
    workdays = skipped(national, day("2025-09-26"), 5, Unit.WORKDAY)
    assert [(str(d.date), d.reason) for d in workdays] == [
        ("2025-09-27", "周六休息"),
        *((f"2025-10-0{n}", "放假（国庆节、中秋节）") for n in range(1, 9)),
    ]
    rolled = skipped(national, day("2025-08-02"), 60, Unit.DAY)
    assert [str(d.date) for d in rolled] == [f"2025-10-0{n}" for n in range(1, 9)]
    assert skipped(national, day("2026-03-02"), 15, Unit.DAY) == []


@pytest.mark.parametrize(
    ("start", "budget", "unit", "provisional"),
    [
        ("2026-12-21", 8, Unit.WORKDAY, False),  # ends 2026-12-31
        ("2026-12-21", 9, Unit.WORKDAY, True),  # crosses into 2027
        ("2026-12-01", 30, Unit.DAY, False),  # ends 2026-12-31
        ("2026-12-01", 31, Unit.DAY, True),  # only its last day, which rolls, is of 2027
        ("2027-03-01", 5, Unit.WORKDAY, True),
        ("2027-03-01", 0, Unit.IMMEDIATE, True),
    ],
)
def test_a_date_that_touches_an_estimated_year_is_provisional(
    national: Calendar, start: str, budget: int, unit: Unit, provisional: bool
) -> None:
    assert due(national, day(start), budget, unit).provisional is provisional


def test_a_start_in_an_estimated_year_is_provisional_also_when_the_end_is_official() -> None:
    first_days = (NamedDay(day(f"{year}-01-01"), DayKind.OFF, "元旦") for year in (2026, 2027))
    estimated, official = (
        CalendarYear("CN", first_day.day.year, status, "测试", (first_day,))
        for first_day, status in zip(first_days, (YearStatus.ESTIMATED, YearStatus.OFFICIAL), strict=True)
    )
    calendar = merge([[estimated, official]])
    assert due(calendar, day("2026-12-31"), 1, Unit.WORKDAY).provisional
    assert not due(calendar, day("2027-01-04"), 1, Unit.WORKDAY).provisional


@pytest.mark.parametrize("unit", [*OF_DAYS, Unit.WORKHOUR])
@pytest.mark.parametrize("start", ["2003-12-31", "2031-01-03"])
def test_a_start_in_a_missing_year_is_refused(national: Calendar, start: str, unit: Unit) -> None:
    with pytest.raises(YearMissing):
        due(national, day(start), 5, unit)


@pytest.mark.parametrize(
    ("unit", "budget"),
    [(Unit.WORKDAY, 20), (Unit.DAY, 20), (Unit.DAY, 3650), (Unit.WORKHOUR, 100), (Unit.WORKHOUR, 3650)],
)
def test_a12_an_end_in_a_missing_year_is_refused_with_the_first_one_missing(
    national: Calendar, unit: Unit, budget: int
) -> None:
    with pytest.raises(YearMissing) as refusal:
        due(national, day("2030-12-20"), budget, unit)
    assert refusal.value.year == 2031


@pytest.mark.parametrize("budget", [-1, 3651])
def test_a_budget_out_of_range_is_refused(national: Calendar, budget: int) -> None:
    with pytest.raises(BudgetOutOfRange, match="0 到 3650"):
        due(national, day("2026-03-02"), budget, Unit.WORKDAY)


@pytest.mark.parametrize(
    ("start", "budget", "unit", "yellow"),
    [
        ("2026-03-02", 1, Unit.WORKDAY, "2026-03-03"),
        ("2026-03-02", 5, Unit.WORKDAY, "2026-03-09"),  # the due day itself
        ("2026-03-02", 20, Unit.WORKDAY, "2026-03-27"),  # the 19th of 20 days; the due day is Monday 03-30
        ("2026-02-13", 20, Unit.WORKDAY, "2026-03-18"),
        ("2026-01-27", 20, Unit.WORKDAY, "2026-02-28"),  # due Monday 03-02; the make-up Saturday is the day before it
        ("2026-03-02", 15, Unit.DAY, "2026-03-17"),
        ("2025-08-02", 60, Unit.DAY, "2025-09-26"),  # six days back from the day it rolled from
    ],
)
def test_yellow_is_a_tenth_of_the_budget_before_the_end_in_its_own_days(
    national: Calendar, start: str, budget: int, unit: Unit, yellow: str
) -> None:
    assert yellow_at(national, day(start), budget, unit) == midnight(yellow)


def test_an_immediate_period_has_no_yellow(national: Calendar) -> None:
    assert yellow_at(national, day("2026-03-02"), 0, Unit.WORKDAY) is None
    assert yellow_at(national, day("2026-03-02"), 0, Unit.IMMEDIATE) is None


def test_b9_the_very_last_moment_is_not_late_and_the_due_day_is_not_early(national: Calendar) -> None:
    answer = due(national, day("2026-03-02"), 5, Unit.WORKDAY)
    a_moment = timedelta(microseconds=1)
    assert not is_late(answer.due_at, answer.due_at)
    assert is_late(answer.due_at + a_moment, answer.due_at)
    assert not is_early(midnight("2026-03-09"), answer.due_on)
    assert is_early(midnight("2026-03-09") - a_moment, answer.due_on)


def test_the_budget_left_is_in_the_unit_of_the_period(national: Calendar) -> None:
    friday, after_the_holiday = day("2026-02-13"), datetime(2026, 2, 25, 10, tzinfo=TZ)
    assert budget_left(national, a_period(friday, 20, Unit.WORKDAY), after_the_holiday) == 18
    assert budget_left(national, a_period(friday, 20, Unit.DAY), after_the_holiday) == 9
    assert budget_left(national, a_period(friday, 0, Unit.IMMEDIATE), after_the_holiday) == 0


@pytest.mark.parametrize("unit", [Unit.WORKDAY, Unit.DAY, Unit.WORKHOUR, Unit.HOUR])
def test_b10_an_end_before_the_start_is_refused_never_negative_never_zero(national: Calendar, unit: Unit) -> None:
    period, before = a_period(day("2026-03-02"), 5, unit), datetime(2026, 3, 1, 23, tzinfo=TZ)
    with pytest.raises(SpanReversed):
        explain(national, day("2026-03-02"), day("2026-03-01"), 5, unit)
    with pytest.raises(SpanReversed):
        Pause(period.start, before)


@pytest.mark.parametrize("unit", [Unit.WORKHOUR, Unit.HOUR])
def test_b10_time_between_two_moments_that_were_swapped_is_refused(national: Calendar, unit: Unit) -> None:
    period = a_period(day("2026-03-02"), 5, unit)
    with pytest.raises(SpanReversed):
        counted_between(national, period, period.start + timedelta(hours=1), period.start)


def test_the_breakdown_of_working_days_says_why_each_day_counts_or_not(national: Calendar) -> None:
    ledger = explain(national, day("2025-09-26"), day("2025-10-10"), 5, Unit.WORKDAY)
    assert [(f"{e.date:%m-%d}", e.ordinal, e.reason) for e in ledger] == [
        ("09-26", None, "起算日，不计入"),
        ("09-27", None, "周六休息"),
        ("09-28", 1, "上班（国庆节调休）"),
        ("09-29", 2, "工作日"),
        ("09-30", 3, "工作日"),
        *((f"10-0{n}", None, "放假（国庆节、中秋节）") for n in range(1, 9)),
        ("10-09", 4, "工作日"),
        ("10-10", 5, "工作日"),
    ]


def test_the_breakdown_of_calendar_days_says_which_days_off_the_end_moves_over(national: Calendar) -> None:
    ledger = explain(national, day("2026-03-04"), day("2026-03-09"), 3, Unit.DAY)
    assert [(f"{e.date:%m-%d}", e.counted, e.ordinal, e.reason) for e in ledger] == [
        ("03-04", False, None, "起算日，不计入"),
        ("03-05", True, 1, "自然日"),
        ("03-06", True, 2, "自然日"),
        ("03-07", False, None, "周六休息，最后一日顺延"),
        ("03-08", False, None, "周日休息，最后一日顺延"),
        ("03-09", True, 3, "自然日，最后一日"),
    ]


def test_the_breakdown_of_an_immediate_period_is_one_day(national: Calendar) -> None:
    (entry,) = explain(national, day("2026-03-02"), day("2026-03-02"), 0, Unit.IMMEDIATE)
    assert (entry.counted, entry.reason) == (False, "当日办结，不计天数")
