"""Selecting the clocks of a case by what they are for."""

from collections.abc import Callable

from bianmin.events.parts import ClockKind
from services.deadlines.domain.clocks.clock import Clock


def is_notice_clock(clock: Clock) -> bool:
    """Whether it limits the one-time notice of missing materials (行政许可法 art. 32(4))."""
    return clock.term.kind == "completeness" and not clock.term.is_window


def is_supplement_clock(clock: Clock) -> bool:
    """Whether it is the window in which the applicant may bring missing materials."""
    return clock.term.kind == "completeness" and clock.term.is_window


def of_kind(kind: ClockKind, stage: str) -> Callable[[Clock], bool]:
    """Return a function: whether a clock has this kind and stage."""

    def matches(clock: Clock) -> bool:
        return clock.term.kind == kind and clock.term.stage == stage

    return matches
