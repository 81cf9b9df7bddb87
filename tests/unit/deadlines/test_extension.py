"""The statutory clock of a licence: 20 working days, extended once by at most 10 (行政许可法 art. 42).

The limit itself is tested where it is decided: `tests/unit/routing`.
"""

from datetime import date

from services.deadlines.domain.clocks.clock import Clock
from tests.unit.deadlines.builders import (
    a_registration,
    an_acceptance,
    an_extension,
    an_item,
    at,
    due_on,
    subject_after,
)


def statutory_clock(*, extended: bool = False, mode: str = "promised") -> Clock:
    item = an_item(item_type="01", legal=None, mode=mode)
    extension = (an_extension("2026-03-06T10:00", 15 if mode == "joint" else 10),) if extended else ()
    subject = subject_after(a_registration(), an_acceptance(item), *extension)
    [clock] = [clock for clock in subject.clocks if clock.term.kind == "statutory"]
    return clock


def test_art_42_a_licence_has_20_working_days_and_10_more_after_an_extension() -> None:
    clock, extended = statutory_clock(), statutory_clock(extended=True)
    assert (clock.period.budget, clock.extended_by, due_on(clock)) == (20, 0, date(2026, 3, 30))
    assert (extended.period.budget, extended.extended_by, due_on(extended)) == (30, 10, date(2026, 4, 14))


def test_art_42_in_joint_handling_a_licence_has_45_working_days_and_15_more_after_an_extension() -> None:
    clock, extended = statutory_clock(mode="joint"), statutory_clock(mode="joint", extended=True)
    assert (clock.period.budget, extended.period.budget, extended.extended_by) == (45, 60, 15)


def test_art_42_the_warnings_move_with_the_extended_end() -> None:
    clock, extended = statutory_clock(), statutory_clock(extended=True)
    assert (clock.yellow_at, extended.yellow_at) == (at("2026-03-27T00:00"), at("2026-04-10T00:00"))
