"""Measured figures and their goals: arithmetic and a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Goal:
    """The limit for a figure: an upper limit (`most`) or a lower limit (`least`)."""

    sense: Literal["most", "least"]
    limit: float
    unit: str

    def reached(self, value: float) -> bool:
        """Return whether the value keeps the limit."""
        return value <= self.limit if self.sense == "most" else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.sense == 'most' else '≥'} {shown(self.limit, self.unit)}"


@dataclass(frozen=True, slots=True)
class Spread:
    """A ratio measured in rounds: `middle` is the ratio of the medians; `low` and `high` are those of single rounds."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table. `detail` explains the value."""

    title: str
    goal: Goal
    value: float
    spread: Spread | None = None
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.goal.reached(self.value)


def ratios(dividends: Sequence[float], divisors: Sequence[float], scale: float = 1.0) -> Spread:
    """Return the ratio of two measurements of the same rounds. Medians ignore a disturbed round.

    Raises `ValueError` when the numbers of rounds differ.
    """
    rounds = [scale * dividend / divisor for dividend, divisor in zip(dividends, divisors, strict=True)]
    return Spread(min(rounds), scale * median(dividends) / median(divisors), max(rounds))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def shown(value: float, unit: str) -> str:
    """Return a value with its unit: ratios with two decimals, others as whole numbers unless they are small."""
    digits = 2 if unit == "×" else 0 if value >= 100 or value == int(value) else 1
    return f"{value:.{digits}f} {unit}"


def table_of(figures: Sequence[Figure]) -> Table:
    """Return a table of figures, goals and results."""
    table = Table()
    for heading in ("项目", "目标", "实测", "最小–最大", "结果"):
        table.add_column(heading, no_wrap=heading != "项目")
    for each in figures:
        unit = each.goal.unit
        spread = f"{shown(each.spread.low, unit)} – {shown(each.spread.high, unit)}" if each.spread else ""
        verdict = "[green]达到[/]" if each.reached else "[red]未达到[/]"
        table.add_row(each.title, str(each.goal), shown(each.value, unit), spread, verdict)
    return table
