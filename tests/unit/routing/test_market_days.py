"""Market days: weekly, by last digits, by earthly branches; lunar months; holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import Solar

from bianmin.domain.calendar_days import national_days_off
from services.routing.domain.rosters.lunar import FIRST, LAST, LunarDateUnknown, lunar_day
from services.routing.domain.rosters.market import BRANCHES, MarketRule, branch_of, days_from


def no_holidays(day: date) -> bool:
    return False


def is_day_off(day: date) -> bool:
    return day in national_days_off()


def market_days(rule: MarketRule, first: str, count: int, *, holidays: bool = False) -> list[str]:
    known = is_day_off if holidays else no_holidays
    return [f"{day:%m-%d}" for day in days_from(date.fromisoformat(first), count) if rule.is_market_day(day, known)]


def test_a_pair_of_branches_makes_a_market_every_six_days() -> None:
    rule = MarketRule("branch", ("子", "午"))
    assert market_days(rule, "2026-03-01", 31) == ["03-03", "03-09", "03-15", "03-21", "03-27"]


def test_a_single_branch_makes_a_market_every_twelve_days() -> None:
    assert market_days(MarketRule("branch", ("午",)), "2026-03-01", 31) == ["03-09", "03-21"]


def test_weekly_and_solar_markets() -> None:
    assert market_days(MarketRule("weekly", (6, 7)), "2026-03-02", 14) == ["03-07", "03-08", "03-14", "03-15"]
    assert market_days(MarketRule("solar_digit", (0, 5)), "2026-03-01", 31) == [
        "03-05",
        "03-10",
        "03-15",
        "03-20",
        "03-25",
        "03-30",
    ]


def test_every_lunar_day_and_branch_from_2020_to_2050_is_that_of_lunar_python() -> None:
    for day in days_from(FIRST, (LAST - FIRST).days + 1):
        theirs = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        assert (lunar_day(day).day, branch_of(day)) == (theirs.getDay(), theirs.getDayZhi()), day


@pytest.mark.parametrize("day", [FIRST - timedelta(days=1), LAST + timedelta(days=1)])
def test_a_lunar_day_outside_the_table_is_not_guessed(day: date) -> None:
    with pytest.raises(LunarDateUnknown):
        lunar_day(day)
    assert not MarketRule("lunar_digit", tuple(range(10))).is_market_day(day, no_holidays)


@given(st.dates(FIRST, LAST - timedelta(days=60)), st.integers(0, 9), st.sampled_from(["keep", "skip", "shift"]))
def test_a_lunar_market_is_on_the_days_with_its_digit(first: date, digit: int, on_holiday: str) -> None:
    rule = MarketRule("lunar_digit", (digit,), on_holiday)  # type: ignore[arg-type]
    for day in days_from(first, 60):
        lunar = lunar_day(day)
        yesterday = lunar_day(day - timedelta(days=1)) if day > FIRST else lunar
        moved = on_holiday == "shift" and digit == 0 and yesterday.day == yesterday.month_length == 29
        assert rule.is_market_day(day, no_holidays) == (lunar.day % 10 == digit or moved), day


def test_a_market_on_a_holiday_stays_falls_out_or_moves_behind_it() -> None:
    # 2026-10-01 to 10-07 are days off; 10-03 is a Saturday
    assert "10-03" in market_days(MarketRule("weekly", (6,), "keep"), "2026-10-01", 10, holidays=True)
    assert market_days(MarketRule("weekly", (6,), "skip"), "2026-10-01", 9, holidays=True) == []
    assert market_days(MarketRule("weekly", (6,), "shift"), "2026-10-01", 10, holidays=True) == ["10-08", "10-10"]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_branches_follow_one_another(day: date) -> None:
    here, following = (BRANCHES.index(branch_of(each)) for each in (day, day + timedelta(days=1)))
    assert following == (here + 1) % 12
