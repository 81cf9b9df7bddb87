"""The figures of `bianmin bench`: the arithmetic and the table. What they come to is for no test."""

import io
import os

import pytest
from rich.console import Console

from bench import proc
from bench.event_histories import EVENTS_A_CASE, history_of
from bench.figures import Figure, Goal, percentile, ratios, shown, table_of
from bench.proc import Cpu, Meter
from bench.run import Bench, main

AT_MOST, AT_LEAST = Goal("most", 2.5, "×"), Goal("least", 70, "%")


@pytest.mark.parametrize(
    ("goal", "value", "reached"),
    [(AT_MOST, 2.5, True), (AT_MOST, 2.51, False), (AT_LEAST, 70, True), (AT_LEAST, 69.9, False)],
)
def test_a_goal_is_reached_up_to_its_limit(goal: Goal, value: float, reached: bool) -> None:
    assert goal.reached(value) is reached


def test_a_ratio_is_that_of_the_medians_with_the_extremes_of_the_rounds() -> None:
    spread = ratios([4.0, 6.0, 50.0], [2.0, 2.0, 4.0])
    assert (spread.low, spread.middle, spread.high) == (2.0, 3.0, 12.5)


def test_a_share_is_a_ratio_in_percent() -> None:
    assert ratios([3.0], [4.0], scale=100).middle == 75.0


def test_rounds_are_compared_one_to_one() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_of_one_value_every_percentile_is_that_value() -> None:
    assert percentile([7.0], 0.01) == percentile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(2.296, "×", "2.30 ×"), (70, "%", "70 %"), (68.66, "ms", "68.7 ms"), (207.4, "MB", "207 MB")],
)
def test_values_are_shown_as_exactly_as_they_were_measured(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_a_missed_goal_is_shown_as_missed() -> None:
    figures = [Figure("甲", AT_MOST, 2.3, ratios([2.3], [1.0])), Figure("乙", AT_LEAST, 60.0)]
    out = io.StringIO()
    Console(file=out, width=120).print(table_of(figures))
    first, second = (line for line in out.getvalue().splitlines() if "甲" in line or "乙" in line)
    assert [cell.strip() for cell in first.strip("│").split("│")] == [
        "甲",
        "≤ 2.50 ×",
        "2.30 ×",
        "2.30 × – 2.30 ×",
        "达到",
    ]
    assert [cell.strip() for cell in second.strip("│").split("│")] == ["乙", "≥ 70 %", "60 %", "", "未达到"]


def test_cpu_time_is_that_of_server_and_database_together() -> None:
    used = Cpu(3.0, 2.0) - Cpu(1.0, 1.5)
    assert used == Cpu(2.0, 0.5)
    assert used.total == 2.5
    assert used.per_item(1000) == "2500 µs（服务 2000）"


@pytest.mark.skipif(not proc.available(), reason="counts as Linux does")
def test_the_kernel_is_asked_for_this_process_and_its_children() -> None:
    meter = Meter(os.getpid(), os.getpid())
    assert meter.cpu().total > 0
    server, _ = meter.memory()
    assert server > 1
    assert os.getpid() in proc.children(os.getppid())


def test_a_process_that_has_ended_uses_no_cpu() -> None:
    assert Meter(2**31, 2**31).cpu() == Cpu(0.0, 0.0)


def test_a_story_is_numbered_without_gaps_at_each_source() -> None:
    events = list(history_of(5, at_once=3))
    assert len(events) == 5 * EVENTS_A_CASE
    reached: dict[tuple[str, str], int] = {}
    for source, announcement in events:
        chain = source, announcement.subject
        reached[chain] = reached.get(chain, 0) + 1
        assert announcement.sequence == reached[chain]


def test_help_names_every_bench(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown_help = capsys.readouterr().out
    assert all(each.value in shown_help for each in Bench)


def test_an_unknown_bench_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"]) == 2
    assert "speed" in capsys.readouterr().err
