"""Market days (赶场天): by weekday, last digit of the solar or lunar day, or earthly branch of the day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.routing.domain.rosters.lunar import FIRST, LAST, lunar_day

MarketRuleKind = Literal["weekly", "solar_digit", "lunar_digit", "branch"]
OnHoliday = Literal["keep", "skip", "shift"]
"""What becomes of a market day on a statutory holiday: it stays, falls out, or moves to the day after the holiday."""
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
"""The twelve earthly branches (地支), one for each day in turn."""
LONGEST_SHIFT = 15
"""A market day moves by at most so many days: no holiday is longer."""

IsDayOff = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class MarketRule:
    """When there is market.

    `days`: weekdays 1 to 7 (Monday 1), last digits 0 to 9 (0 for ten), or branches. Two branches six apart (子 and 午)
    make a market every six days, a single one every twelve. A market on lunar day 30 falls out in a month of 29 days;
    with `shift` it is on the day after. The day changes at midnight.
    """

    rule: MarketRuleKind
    days: tuple[int | str, ...]
    on_holiday: OnHoliday = "keep"

    def is_market_day(self, day: date, is_day_off: IsDayOff) -> bool:
        """Whether there is market on a day. `is_day_off` knows the statutory holidays."""
        if self.on_holiday == "keep":
            return self._named(day)
        if is_day_off(day):
            return False
        if self._named(day):
            return True
        return self.on_holiday == "shift" and self._is_substitute(day, is_day_off)

    def _is_substitute(self, day: date, is_day_off: IsDayOff) -> bool:
        """Whether an earlier market day moved to this one: all between are holidays, or lunar day 30 is missing."""
        if self._lost_thirtieth(day - timedelta(days=1)):
            return True
        for back in range(1, LONGEST_SHIFT + 1):
            before = day - timedelta(days=back)
            if not is_day_off(before):
                return False
            if self._named(before):
                return True
        return False

    def _named(self, day: date) -> bool:
        """Whether the rule names the day, holidays apart."""
        match self.rule:
            case "weekly":
                return day.isoweekday() in self.days
            case "solar_digit":
                return day.day % 10 in self.days
            case "lunar_digit":
                return FIRST <= day <= LAST and lunar_day(day).day % 10 in self.days
            case "branch":
                return branch_of(day) in self.days

    def _lost_thirtieth(self, day: date) -> bool:
        """Whether a market of lunar day 30 would follow this day, but the month has 29 days."""
        if self.rule != "lunar_digit" or 0 not in self.days or not FIRST <= day <= LAST:
            return False
        lunar = lunar_day(day)
        return lunar.day == lunar.month_length == 29


def branch_of(day: date) -> str:
    """Return the earthly branch of a day. 1949-10-01 is 子."""
    return BRANCHES[(day.toordinal() + 2) % 12]


def days_from(first: date, count: int) -> Iterator[date]:
    """Yield `count` days from `first` on."""
    return (first + timedelta(days=n) for n in range(count))
