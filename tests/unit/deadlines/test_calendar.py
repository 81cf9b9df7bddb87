"""Calendars: counting on them, merging their layers, and data that is refused."""

from datetime import date, timedelta

import pytest

from services.deadlines.domain.calendar.days import Calendar, Coverage, SpanReversed, YearMissing, merge
from services.deadlines.domain.calendar.hours import Hours, Interval, every_weekday
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear, DayKind, NamedDay, YearStatus

OFF, WORK = DayKind.OFF, DayKind.WORK


def a_year(
    *days: tuple[str, DayKind], year: int = 2026, region: str = "CN", status: YearStatus = YearStatus.OFFICIAL
) -> CalendarYear:
    named = tuple(NamedDay(date.fromisoformat(day), kind, "某日") for day, kind in days)
    return CalendarYear(region, year, status, "测试", named)


def a_plain_year(year: int, status: YearStatus = YearStatus.OFFICIAL) -> CalendarYear:
    return a_year((f"{year}-01-01", OFF), year=year, status=status)


def every_day(year: int) -> list[str]:
    first = date(year, 1, 1)
    return [str(first + timedelta(days=n)) for n in range((date(year, 12, 31) - first).days + 1)]


def test_a1_make_up_saturdays_count_as_work(national: Calendar) -> None:
    assert national.is_workday(date(2026, 2, 14))
    assert national.is_workday(date(2026, 2, 28))
    assert national.add_workdays(date(2026, 2, 13), 5) == date(2026, 2, 27)


def test_counting_back_is_the_reverse_of_counting_forward(national: Calendar) -> None:
    friday, make_up_saturday, ash_day = date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24)
    assert national.add_workdays(friday, 2) == ash_day
    assert national.add_workdays(ash_day, -2) == friday
    assert national.add_workdays(date(2026, 2, 20), -1) == make_up_saturday
    assert national.add_workdays(friday, 0) == friday


def test_days_roll_forward_to_the_first_working_day(national: Calendar) -> None:
    assert national.roll_forward(date(2025, 10, 1)) == date(2025, 10, 9)
    assert national.roll_forward(date(2026, 1, 2)) == date(2026, 1, 4)  # a make-up Sunday
    assert national.roll_forward(date(2025, 10, 9)) == date(2025, 10, 9)


def test_a11_a_monday_declared_worked_is_worked(national: Calendar) -> None:
    assert national.is_workday(date(2020, 2, 3)), "the first day after the holiday that was made longer"
    calendar = merge([[a_year(("2026-03-09", WORK), ("2026-03-14", OFF))]])
    assert calendar.is_workday(date(2026, 3, 9))
    assert not calendar.is_workday(date(2026, 3, 14))


def test_a_region_overlays_the_layers_above_it_day_by_day() -> None:
    national = [a_year(("2026-01-01", OFF), ("2026-10-01", OFF))]
    province = [a_year(("2026-11-20", OFF), region="52")]
    prefecture = [a_year(("2026-11-20", WORK), ("2026-10-01", WORK), ("2026-11-23", OFF), region="5226")]
    calendar = merge([national, province, [], prefecture])
    assert calendar.region == "5226"
    assert [calendar.is_workday(date(2026, m, d)) for m, d in ((1, 1), (10, 1), (11, 20), (11, 23))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_region_may_name_no_days_in_a_year() -> None:
    calendar = merge([[a_plain_year(2026)], [a_year(region="52")]])
    assert calendar.add_workdays(date(2026, 1, 1), 1) == date(2026, 1, 2)


def test_a_region_does_not_publish_a_national_year() -> None:
    calendar = merge([[a_plain_year(2026)], [a_year(("2027-05-06", OFF), year=2027, region="52")]])
    with pytest.raises(YearMissing):
        calendar.is_workday(date(2027, 5, 6))


def test_an_estimate_in_any_layer_makes_the_year_an_estimate() -> None:
    local = a_year(("2026-11-20", OFF), region="5226", status=YearStatus.ESTIMATED)
    assert merge([[a_plain_year(2026)], [local]]).years == {2026: YearStatus.ESTIMATED}


def test_a_span_is_estimated_when_either_end_is() -> None:
    calendar = merge([[a_plain_year(2025), a_plain_year(2026, YearStatus.ESTIMATED), a_plain_year(2027)]])
    assert calendar.is_estimated(date(2025, 12, 31), date(2026, 1, 1))
    assert calendar.is_estimated(date(2026, 12, 31), date(2027, 1, 1))
    assert calendar.is_estimated(date(2025, 12, 31), date(2027, 1, 1))
    assert not calendar.is_estimated(date(2027, 1, 1), date(2027, 12, 31))


def test_the_version_depends_on_the_data_alone() -> None:
    one, other = ("2026-01-01", OFF), ("2026-10-01", OFF)
    calendar = merge([[a_plain_year(2025), a_year(one, other)]])
    same = merge([[a_year(other, one), a_plain_year(2025)]])
    revised = merge([[a_plain_year(2025), a_year(one)]])
    assert calendar == same
    assert calendar.version == same.version
    assert revised.version != calendar.version
    assert calendar.version.startswith("CN-")


def test_a8_coverage_separates_official_from_estimated_years(national: Calendar) -> None:
    assert national.coverage == Coverage(date(2004, 1, 1), date(2026, 12, 31), date(2030, 12, 31))


def test_a8_coverage_ends_where_the_first_year_is_missing() -> None:
    calendar = merge([[a_plain_year(2026), a_plain_year(2024), a_plain_year(2027, YearStatus.ESTIMATED)]])
    assert calendar.coverage == Coverage(date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31))
    assert merge([[a_plain_year(2027, YearStatus.ESTIMATED)]]).coverage.official_until is None


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2031, 1, 1)])
def test_a_day_of_a_missing_year_is_refused(national: Calendar, day: date) -> None:
    with pytest.raises(YearMissing, match=f"{day.year} 年的日历尚未录入") as refusal:
        national.is_workday(day)
    assert refusal.value.year == day.year


def test_a12_counting_into_a_missing_year_is_refused_before_any_number(national: Calendar) -> None:
    with pytest.raises(YearMissing, match="2031"):
        national.add_workdays(date(2030, 12, 31), 1)
    with pytest.raises(YearMissing, match="2003"):
        national.add_workdays(date(2004, 1, 1), -1)
    with pytest.raises(YearMissing, match="2031"):
        national.days(date(2030, 12, 1), date(2033, 1, 1))


def test_counting_over_a_missing_year_is_refused_with_that_year() -> None:
    calendar = merge([[a_plain_year(2024), a_plain_year(2026)]])
    for refused in (
        lambda: calendar.add_workdays(date(2024, 12, 20), 30),
        lambda: calendar.add_workdays(date(2026, 1, 5), -5),
        lambda: calendar.days(date(2024, 12, 20), date(2026, 1, 5)),
        lambda: calendar.is_estimated(date(2024, 12, 20), date(2026, 1, 5)),
    ):
        with pytest.raises(YearMissing) as refusal:
            refused()
        assert refusal.value.year == 2025


def test_a12_a_calendar_without_a_working_day_is_refused() -> None:
    closed = a_year(*((day, OFF) for day in every_day(2026)))
    with pytest.raises(CalendarInvalid, match="没有任何工作日"):
        merge([[closed]])


def test_a12_a_rest_of_370_days_is_refused_wherever_it_lies() -> None:
    closed = a_year(*((day, OFF) for day in every_day(2026)))
    until_monday = a_year(*((f"2027-01-0{day}", OFF) for day in range(1, 5)), year=2027)
    until_tuesday = a_year(*((f"2027-01-0{day}", OFF) for day in range(1, 6)), year=2027)
    rests_369_days = merge([[a_plain_year(2025), closed, until_monday]])
    assert rests_369_days.add_workdays(date(2025, 12, 31), 1) == date(2027, 1, 5)
    with pytest.raises(CalendarInvalid, match="2025-12-31 之后连续 370 天没有工作日"):
        merge([[a_plain_year(2025), closed, until_tuesday]])
    with pytest.raises(CalendarInvalid, match="连续 370 天"):
        merge([[closed, until_tuesday]])


def test_a12_a_desk_that_would_not_open_for_370_days_is_refused(national: Calendar) -> None:
    morning = (Interval.of("09:00", "12:00"),)
    on_tuesdays = Hours(((), morning, (), (), (), (), ()), ())
    assert national.with_hours(on_tuesdays).version != national.version
    tuesdays = [
        a_year(*((day, OFF) for day in every_day(year) if date.fromisoformat(day).weekday() == 1), year=year)
        for year in (2026, 2027)
    ]
    with pytest.raises(CalendarInvalid, match="2025-12-30 之后连续 370 天没有开放时间"):
        merge([[a_plain_year(2025), *tuesdays]]).with_hours(on_tuesdays)
    with pytest.raises(CalendarInvalid, match="没有任何开放时间"):
        merge([tuesdays]).with_hours(on_tuesdays)
    assert merge([tuesdays]).with_hours(every_weekday(*morning)).is_workday(date(2026, 1, 7))


def test_a8_an_empty_year_is_not_coverage() -> None:
    with pytest.raises(CalendarInvalid, match="2027 年的日历是空的"):
        merge([[a_plain_year(2026), a_year(year=2027)]])


@pytest.mark.parametrize("layers", [[], [[]]])
def test_no_years_at_all_are_refused(layers: list[list[CalendarYear]]) -> None:
    with pytest.raises(CalendarInvalid, match="没有任何年份"):
        merge(layers)


def test_a_day_both_off_and_worked_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="2026-05-09 既列为放假又列为上班"):
        a_year(("2026-05-09", OFF), ("2026-05-09", WORK))


def test_a_day_named_twice_with_the_same_kind_is_accepted() -> None:
    calendar = merge([[a_year(("2026-10-01", OFF), ("2026-10-01", OFF))]])
    assert [day.works for day in calendar.days(date(2026, 9, 30), date(2026, 10, 2))].count(False) == 1


def test_a_day_of_another_year_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="2025-12-31 不在 2026 年内"):
        a_year(("2025-12-31", OFF))


def test_a_year_out_of_range_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="年份 9999"):
        a_year(year=9999)


def test_a_year_given_twice_in_a_layer_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="2026 年日历出现两次"):
        merge([[a_plain_year(2026), a_plain_year(2026)]])


def test_two_regions_in_one_layer_are_refused() -> None:
    with pytest.raises(CalendarInvalid, match="混有两个地区"):
        merge([[a_plain_year(2025), a_year(("2026-05-06", OFF), region="52")]])


def test_b10_a_span_that_ends_before_it_begins_is_refused(national: Calendar) -> None:
    for count in (national.days, national.is_estimated):
        with pytest.raises(SpanReversed, match="早于起算日"):
            count(date(2026, 3, 2), date(2026, 3, 1))
