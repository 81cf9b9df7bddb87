"""Due dates against independent counters: day by day, and on calendars of other packages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar, merge
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.period import Unit
from tests.rounds import rounds
from tests.unit.deadlines.period_builders import OF_DAYS, a_period, budget_left, due, explain, skipped, yellow_at

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
BUDGETS = (1, 3, 5, 7, 10, 15, 20, 30, 45, 60)
ONE_DAY = timedelta(days=1)

untimed = settings(deadline=None, database=None, max_examples=rounds(60, 200))
starts = st.dates(FIRST, date(2026, 6, 30))
budgets = st.integers(0, 120)
counting_units = st.sampled_from([Unit.WORKDAY, Unit.DAY])


def works(day: date) -> bool:
    # the one day that chinesecalendar lost, see test_shipped_calendars.py
    return day == date(2005, 12, 31) or chinese_calendar.is_workday(day)


@pytest.fixture(scope="module")
def working() -> Mapping[date, bool]:
    return {day: works(day) for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))}


def counted_workdays(working: Mapping[date, bool], start: date, budgets: Sequence[int]) -> dict[int, date]:
    """Count day by day; None for an end after the last known day."""
    ends: dict[int, date] = {}
    day, count = start, 0
    while len(ends) < len(budgets) and (day := day + ONE_DAY) in working:
        if working[day]:
            count += 1
            if count in budgets:
                ends[count] = day
    return ends


def counted_calendar_days(working: Mapping[date, bool], start: date, budget: int) -> date | None:
    day = start + timedelta(days=budget)
    while day in working and not working[day]:
        day += ONE_DAY
    return day if day in working else None


def test_a2_every_start_of_2004_to_2026_ends_where_counting_ends(
    national: Calendar, working: Mapping[date, bool]
) -> None:
    wrong, checked = [], 0
    for start in working:
        workdays = counted_workdays(working, start, BUDGETS)
        for budget in BUDGETS:
            for unit, end in (
                (Unit.WORKDAY, workdays.get(budget)),
                (Unit.DAY, counted_calendar_days(working, start, budget)),
            ):
                answer = due(national, start, budget, unit)
                right = answer.due_on == end if end else answer.due_on > LAST
                if not right or answer.provisional is not (end is None):
                    wrong.append((start, budget, unit, answer.due_on, end))
                checked += 1
    assert wrong == []
    assert checked == 8401 * len(BUDGETS) * 2


@pytest.mark.parametrize(
    ("budget", "weekends_only", "no_make_up_days"), [(5, 20.7, 14.2), (20, 53.1, 37.7), (60, 92.3, 81.4)]
)
def test_a2_simpler_calendars_would_be_wrong_as_often_as_was_measured(
    national: Calendar, budget: int, weekends_only: float, no_make_up_days: float
) -> None:
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(2922)]
    plain = {day: day.weekday() < 5 for day in days}
    no_make_up = {day: plain[day] and national.is_workday(day) for day in days}
    measured = [day for day in days if day <= date(2026, 6, 30)]

    def percent_wrong(working: Mapping[date, bool]) -> float:
        wrong = sum(
            counted_workdays(working, start, [budget])[budget] != due(national, start, budget, Unit.WORKDAY).due_on
            for start in measured
        )
        return round(100 * wrong / len(measured), 1)

    assert (percent_wrong(plain), percent_wrong(no_make_up)) == (weekends_only, no_make_up_days)


@untimed
@given(start=starts, budget=st.integers(1, 120))
def test_counting_by_chinesecalendar_gives_the_same_day(
    national: Calendar, working: Mapping[date, bool], start: date, budget: int
) -> None:
    assert due(national, start, budget, Unit.WORKDAY).due_on == counted_workdays(working, start, [budget])[budget]
    assert due(national, start, budget, Unit.DAY).due_on == counted_calendar_days(working, start, budget)


@untimed
@given(start=starts, budget=budgets, unit=st.sampled_from(OF_DAYS))
def test_the_breakdown_adds_up_to_the_budget_and_names_skipped_days(
    national: Calendar, start: date, budget: int, unit: Unit
) -> None:
    answer = due(national, start, budget, unit)
    ledger = explain(national, start, answer.due_on, budget, unit)
    assert [entry.date for entry in ledger] == [start + timedelta(days=n) for n in range(len(ledger))]
    assert ledger[-1].date == answer.due_on
    counted = [entry for entry in ledger if entry.counted]
    assert [entry.ordinal for entry in counted] == list(range(1, (0 if unit is Unit.IMMEDIATE else budget) + 1))
    assert all(entry.ordinal is None for entry in ledger if not entry.counted)
    assert [entry for entry in ledger[1:] if not entry.counted] == skipped(national, start, budget, unit)
    assert all(entry.reason for entry in ledger)


@untimed
@given(start=starts, budget=st.integers(1, 120), unit=counting_units)
def test_a_longer_budget_or_a_later_start_never_ends_earlier(
    national: Calendar, start: date, budget: int, unit: Unit
) -> None:
    end = due(national, start, budget, unit).due_on
    assert start < end
    assert end <= due(national, start, budget + 1, unit).due_on
    assert end <= due(national, start + ONE_DAY, budget, unit).due_on


@untimed
@given(start=starts, budget=st.integers(1, 120))
def test_after_the_due_day_nothing_is_left_and_before_it_one_day(national: Calendar, start: date, budget: int) -> None:
    period = a_period(start, budget, Unit.WORKDAY)
    end = due(national, start, budget, Unit.WORKDAY)
    assert budget_left(national, period, end.due_at) == 0
    assert budget_left(national, period, end.due_at - timedelta(microseconds=1)) == 1


@untimed
@given(start=starts, budget=st.integers(1, 120))
def test_yellow_leaves_a_tenth_of_the_working_days(national: Calendar, start: date, budget: int) -> None:
    end = due(national, start, budget, Unit.WORKDAY).due_on
    yellow = yellow_at(national, start, budget, Unit.WORKDAY)
    assert yellow is not None
    left = sum(works(yellow.date() + timedelta(days=n)) for n in range((end - yellow.date()).days + 1))
    assert left == max(1, budget // 10)
    assert yellow == datetime.combine(yellow.date(), time.min, TZ) > datetime.combine(start, time.max, TZ)


def days_of(year: int) -> st.SearchStrategy[dict[date, DayKind]]:
    return st.dictionaries(st.dates(date(year, 1, 1), date(year, 12, 31)), st.sampled_from(list(DayKind)), min_size=1)


layers = st.lists(st.tuples(days_of(2025), days_of(2026)), min_size=1, max_size=4)


@untimed
@given(layers=layers, start=st.dates(date(2025, 1, 1), date(2026, 3, 31)), budget=st.integers(1, 40))
def test_random_layers_count_like_the_reference_counter(
    layers: list[tuple[dict[date, DayKind], dict[date, DayKind]]], start: date, budget: int
) -> None:
    working = {d: d.weekday() < 5 for d in (date(2025, 1, 1) + timedelta(days=n) for n in range(730))}
    for layer in layers:
        for days in layer:
            working |= {day: kind is DayKind.WORK for day, kind in days.items()}
    calendar = merge([[published(region, days) for days in layer] for region, layer in enumerate(layers)])
    expected = counted_workdays(working, start, [budget])[budget]
    assert due(calendar, start, budget, Unit.WORKDAY).due_on == expected
    assert due(calendar, start, budget, Unit.DAY).due_on == counted_calendar_days(working, start, budget)
    if any(working[day] for day in working if day <= start):
        assert calendar.add_workdays(expected, -budget) == max(day for day in working if working[day] and day <= start)


def published(region: int, days: Mapping[date, DayKind]) -> CalendarYear:
    named = tuple(NamedDay(day, kind, "某日") for day, kind in days.items())
    return CalendarYear(str(region), min(days).year, YearStatus.OFFICIAL, "测试", named)
