"""The shipped years against two independent packages and the table of the notices."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]
import holidays
import pytest

from services.deadlines.calendars import GENERATION, shipped
from services.deadlines.domain.calendar.days import Calendar, merge
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, YearStatus

OFFICIAL_YEARS = range(2004, 2027)
ESTIMATED_YEARS = range(2027, 2031)
# The one day on which the packages differ. The notice for 2006 (国办发明电〔2005〕35号) moves the rest of Saturday
# 2005-12-31 to 2006-01-03 and says that the Saturday is worked; chinesecalendar has the day off in January and lost
# the Saturday, which lies in the year before its notice (see A10).
WORKED_BUT_LOST = date(2005, 12, 31)


def every_day(years: range) -> list[date]:
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_of(kind: DayKind) -> set[date]:
    return {d.day for year in shipped() if year.status is YearStatus.OFFICIAL for d in year.days if d.kind is kind}


def test_the_official_years_are_2004_to_2026_and_four_more_are_estimated(national: Calendar) -> None:
    assert {year for year, status in national.years.items() if status is YearStatus.OFFICIAL} == set(OFFICIAL_YEARS)
    assert {year for year, status in national.years.items() if status is YearStatus.ESTIMATED} == set(ESTIMATED_YEARS)


def test_changed_shipped_years_need_a_new_generation() -> None:
    """A change of the files needs a new `GENERATION`, with its digest here."""
    announced = repr(
        [
            (
                year.region,
                year.year,
                str(year.status),
                year.source,
                [(str(n.day), str(n.kind), n.name) for n in year.days],
            )
            for year in shipped()
        ]
    )
    assert (GENERATION, hashlib.sha256(announced.encode()).hexdigest()[:16]) == (2, "0179c38309b0bad0")


def test_every_year_names_its_source() -> None:
    assert all(year.source for year in shipped())


def test_every_day_is_worked_or_not_as_chinesecalendar_says(national: Calendar) -> None:
    differing = [d for d in every_day(OFFICIAL_YEARS) if national.is_workday(d) != chinese_calendar.is_workday(d)]
    assert differing == [WORKED_BUT_LOST]


def test_every_day_is_worked_or_not_as_holidays_says(national: Calendar) -> None:
    china = holidays.country_holidays("CN", years=OFFICIAL_YEARS)
    differing = [d for d in every_day(OFFICIAL_YEARS) if national.is_workday(d) != china.is_working_day(d)]
    assert differing == []


def test_holidays_are_listed_whole_with_their_weekends_and_every_make_up_day() -> None:
    constants = chinese_calendar.constants
    assert days_of(DayKind.OFF) == set(constants.holidays)
    assert days_of(DayKind.WORK) == set(constants.workdays) | {WORKED_BUT_LOST}


def test_only_weekend_days_are_listed_as_worked() -> None:
    assert all(day.weekday() >= 5 for day in days_of(DayKind.WORK))


@pytest.mark.parametrize(
    ("year", "off", "work", "workdays"),
    [
        (
            2024,
            "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
            251,
        ),
        (
            2025,
            "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
            "01-26 02-08 04-27 09-28 10-11",
            248,
        ),
        (
            2026,
            "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
            "01-04 02-14 02-28 05-09 09-20 10-10",
            248,
        ),
    ],
)
def test_the_latest_years_agree_with_the_notices(
    national: Calendar, year: int, off: str, work: str, workdays: int
) -> None:
    (published,) = (y for y in shipped() if y.year == year)
    assert {d.day for d in published.days if d.kind is DayKind.OFF} == spelled_out(year, off)
    assert {d.day for d in published.days if d.kind is DayKind.WORK} == spelled_out(year, work)
    assert sum(day.works for day in national.days(date(year, 1, 1), date(year, 12, 31))) == workdays


def spelled_out(year: int, spans: str) -> set[date]:
    days: set[date] = set()
    for span in spans.split():
        first, _, last = span.partition("..")
        day = date.fromisoformat(f"{year}-{first}")
        while day <= date.fromisoformat(f"{year}-{last or first}"):
            days.add(day)
            day += timedelta(days=1)
    return days


def test_named_days_have_the_names_of_the_festivals(national: Calendar) -> None:
    assert national.day(date(2026, 2, 17)).reason == "放假（春节）"
    assert national.day(date(2026, 2, 14)).reason == "上班（春节调休）"
    assert national.day(date(2025, 10, 6)).reason == "放假（国庆节、中秋节）"
    assert national.day(date(2020, 2, 1)).reason == "放假（春节延长假期）"
    assert national.day(date(2026, 3, 7)).reason == "周六休息"
    assert national.day(date(2026, 3, 9)).reason == "工作日"


def test_a10_days_of_the_next_years_notice_are_in_the_year_of_their_date(national: Calendar) -> None:
    assert not national.is_workday(date(2022, 12, 31))
    assert national.day(date(2022, 12, 31)).reason == "放假（元旦）"
    assert national.is_workday(date(2018, 12, 29))
    assert not national.is_workday(date(2018, 12, 31))
    assert national.is_workday(WORKED_BUT_LOST)
    assert national.add_workdays(date(2018, 12, 28), 2) == date(2019, 1, 2)


def test_a14_every_day_that_a_notice_names_against_its_weekday_moves_a_date() -> None:
    around = {year.year: year for year in shipped() if year.year in (2025, 2026, 2027)}
    whole = merge([tuple(around.values())])
    for named in around[2026].days:
        others = tuple(each for each in around[2026].days if each != named)
        without = merge([tuple((around | {2026: replace(around[2026], days=others)}).values())])
        before = named.day - timedelta(days=1)
        moved = whole.add_workdays(before, 5) != without.add_workdays(before, 5)
        assert moved is (whole.is_workday(named.day) != (named.day.weekday() < 5)), named


@pytest.mark.parametrize("year", ESTIMATED_YEARS)
def test_an_estimated_year_has_the_thirteen_statutory_days_and_guesses_nothing(year: int) -> None:
    (estimate,) = (each for each in shipped() if each.year == year)
    statutory = holidays.country_holidays("CN", years=year, observed=False)
    assert {named.day for named in estimate.days} == set(statutory)
    assert {named.kind for named in estimate.days} == {DayKind.OFF}
    counted = {"元旦": 1, "春节": 4, "清明节": 1, "劳动节": 2, "端午节": 1, "中秋节": 1, "国庆节": 3}
    if year == 2028:  # one day is both
        counted |= {"中秋节": 0, "国庆节": 2, "国庆节、中秋节": 1}
    assert names_counted(estimate) == {name: number for name, number in counted.items() if number}
    assert estimate.source.startswith(f"推定：国务院办公厅尚未公布 {year} 年放假安排")


def names_counted(year: CalendarYear) -> dict[str, int]:
    names = [named.name for named in year.days]
    return {name: names.count(name) for name in names}
