"""The day of the lunar month (农历), 2020 to 2050.

Whether a month has 29 or 30 days follows from astronomy. The table was taken from lunar-python 1.4.8, and a test
compares every day with it.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

FIRST, LAST = date(2020, 1, 1), date(2050, 12, 31)
"""The table knows these days and those between."""
_START = date(2019, 12, 26)
"""First day of the first month in the table."""
_LONG_MONTHS = (
    "101110100101010110101010101010110101010100110110101010010110110101001010111010100100111011010010"
    "011011101001001101101010100110101101010100110101101010100101101101010010101110101001010110110100"
    "100110111010010010111101001001011101010100101101101010100101101011010010101101101010010101101101"
    "001001101110100100101111010010010111010101001011011010100101011011010010101011011010010101011011"
    "0"
)
"""A sign for each month from then on: 1 where it has 30 days, 0 where it has 29."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """The number of a day in its lunar month, and how many days the month has."""

    day: int
    month_length: int


class LunarDateUnknown(ValueError):
    """The day lies outside the table."""


@lru_cache(maxsize=1)
def _starts() -> tuple[int, ...]:
    """The first days of the months, as ordinals, and the day after the last month."""
    return tuple(accumulate((29 + int(sign) for sign in _LONG_MONTHS), initial=_START.toordinal()))


def lunar_day(day: date) -> LunarDay:
    """Return the place of a day in its lunar month. Raises `LunarDateUnknown` before 2020 and after 2050."""
    if not FIRST <= day <= LAST:
        raise LunarDateUnknown(f"no lunar calendar for {day}")
    starts = _starts()
    month = bisect_right(starts, day.toordinal()) - 1
    return LunarDay(day.toordinal() - starts[month] + 1, starts[month + 1] - starts[month])
