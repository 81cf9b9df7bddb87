"""What is done to the clocks of a subject, whatever the cause: stop, extend, transfer, recalculate."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce

from services.deadlines.domain.clocks.changes import with_current_policy, with_grace, with_pauses
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause, with_changes
from services.deadlines.domain.clocks.counting import count_ends
from services.deadlines.domain.clocks.events import (
    ClockEvent,
    clock_extended,
    clock_fields,
    clock_paused,
    clock_rescheduled,
    clock_resumed,
    due_fields,
    lamp_turned,
)
from services.deadlines.domain.clocks.signals import less_severe
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.lifecycle.breaches import apply_clock_changes, is_order_for, revoke_cards_of_clock
from services.deadlines.domain.lifecycle.card import RECOUNTED
from services.deadlines.domain.lifecycle.facts import ClockChanged, Fact, PauseChanged, evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.periods.period import CountedPeriod, Pause
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import order_stage


def stop_clocks(
    book: Rulebook, subject: Subject, at: datetime, which: Callable[[Clock], bool] = lambda clock: True
) -> list[Fact]:
    """Stop the open clocks that `which` selects, by default all, and the orders to make up for them.

    A paused clock is resumed for the moment `at` and counted before it stops. Raises `YearMissing`.
    """
    stopping = [clock for clock in subject.open_clocks if which(clock)]
    stages = {order_stage(clock.term) for clock in stopping}
    stopping += [clock for clock in subject.open_clocks if clock not in stopping and is_order_for(clock, stages)]
    if any(clock.state == "paused" for clock in stopping):
        # all open clocks are counted: the statutory clock caps others, whether it stops or not
        ended = [_ended_pause(pause, at) for pause in subject.pauses]
        resumed = [
            with_grace(book.calendar_of(clock.responsible.org), with_pauses(clock, ended), at)
            for clock in subject.open_clocks
        ]
        ids = {clock.id for clock in stopping}
        stopping = [clock for clock in count_ends(book.calendars, resumed) if clock.id in ids]
    stopped = [stop_clock(clock, subject.kind, max(at, clock.period.start)) for clock in stopping]
    return apply_clock_changes(book, subject, stopped, at)


def stop_all(book: Rulebook, subject: Subject, at: datetime) -> list[Fact]:
    """Stop all open clocks, and end all pauses. Raises `YearMissing`."""
    ended: list[Fact] = [PauseChanged(_ended_pause(pause, at)) for pause in subject.open_pauses]
    return [*ended, *stop_clocks(book, subject, at)]


def cancel_all(book: Rulebook, subject: Subject, at: datetime) -> list[Fact]:
    """Stop all open clocks as if they and their pauses should never have been. Raises `YearMissing`.

    Pauses are reduced to nothing: they end at their own start, so that the clocks are counted without them.
    """
    empty = [replace(pause, pause=Pause(pause.pause.since, pause.pause.since)) for pause in subject.pauses]
    running = count_ends(book.calendars, [with_pauses(clock, empty) for clock in subject.open_clocks])
    facts: list[Fact] = [*map(PauseChanged, empty), *map(ClockChanged, running)]
    without_pauses = reduce(evolve, facts, subject)
    changed = [PauseChanged(pause) for pause in empty if pause not in subject.pauses]
    return [*changed, *stop_all(book, without_pauses, at)]


def recalculate(
    book: Rulebook,
    subject: Subject,
    change: Callable[[Clock], Clock],
    at: datetime,
    extra_event: Callable[[Clock, Clock], ClockEvent | None] = lambda before, after: None,
) -> list[Fact]:
    """Change each open clock by `change` and recalculate all of them at `at`, by the calendars in force.

    Any clock may end on another day, pause or resume. Each change is announced. `extra_event`: the event for what else
    has happened to a clock, given before and after. Cards are revoked where a clock is not missed any more. Raises
    `YearMissing`.
    """
    before = subject.open_clocks
    changed = [with_grace(book.calendar_of(each.responsible.org), each, at) for each in map(change, before)]
    counted = _keep_lamps_of_paused(book, before, changed, count_ends(book.calendars, changed))
    facts: list[Fact] = []
    not_missed: list[Clock] = []
    for old, new in zip(before, counted, strict=True):
        clock = with_changes(old, new, at)
        if clock is not old:
            facts += [ClockChanged(clock), *_events_of_change(subject, old, clock, at, extra_event(old, clock))]
            if old.lamp == "red" != clock.lamp:
                not_missed.append(clock)
    for clock in not_missed:
        facts += revoke_cards_of_clock(book, reduce(evolve, facts, subject), clock, at, RECOUNTED)
    return facts


def transfer_clocks(book: Rulebook, subject: Subject, to: ResponsibleUnit, at: datetime) -> list[Fact]:
    """Make another unit responsible for all open clocks, and count them by its calendar and policies.

    A clock that is red at `at` keeps its term; the unit that missed it keeps the card. Raises `YearMissing`.
    """

    def transferred(clock: Clock) -> Clock:
        moved = replace(clock, responsible=to)
        return moved if clock.lamp_at(at) == "red" else with_current_policy(book, subject.item, moved)

    return recalculate(book, subject, transferred, at)


def extend_clocks(book: Rulebook, subject: Subject, by: Callable[[Clock], int], at: datetime) -> list[Fact]:
    """Extend open clocks, each by `by(clock)` of its own units of days (行政许可法 art. 42).

    A clock of hours, and one that is red at `at`, is not extended. Where the missed clock would have been, the order to
    make up for it is extended instead, unless it is red as well. Raises `YearMissing`.
    """
    missed = {order_stage(clock.term): by(clock) for clock in subject.open_clocks if clock.lamp_at(at) == "red"}

    def units(clock: Clock) -> int:
        return by(clock) or (missed.get(clock.term.stage or "", 0) if clock.term.kind == "card" else 0)

    def extended(clock: Clock) -> Clock:
        if clock.period.unit.is_of_time or clock.period.ends_at_once or clock.lamp_at(at) == "red":
            return clock
        return replace(clock, period=replace(clock.period, budget=clock.period.budget + units(clock)))

    def event(before: Clock, after: Clock) -> ClockEvent | None:
        grown = after.period.budget != before.period.budget
        return clock_extended(before, after, subject.kind) if grown else None

    return recalculate(book, subject, extended, at, event)


def _ended_pause(pause: SubjectPause, at: datetime) -> SubjectPause:
    """Return the pause as ended at `at`; unchanged where it has ended before."""
    interval = pause.pause
    if interval.until is not None:
        return pause
    return replace(pause, pause=Pause(interval.since, max(at, interval.since)))


def _keep_lamps_of_paused(
    book: Rulebook, before: Sequence[Clock], changed: Sequence[Clock], counted: Sequence[Clock]
) -> Sequence[Clock]:
    """Return the counted clocks; one that pauses now shows no more than the lamp that it had when the pause began.

    A pause is often reported late: the clock may have turned yellow or red after it began.
    """
    pausing = [(old.state, new.state) == ("running", "paused") for old, new in zip(before, counted, strict=True)]
    if not any(pausing):
        return counted
    unpaused = [replace(clock, period=_without_open_pauses(clock.period)) for clock in changed]
    return [
        replace(clock, lamp=less_severe(clock.lamp, running.lamp_at(_paused_at(clock)))) if pauses else clock
        for clock, pauses, running in zip(counted, pausing, count_ends(book.calendars, unpaused), strict=True)
    ]


def _paused_at(clock: Clock) -> datetime:
    return min(pause.since for pause in clock.period.pauses if pause.until is None)


def _without_open_pauses(period: CountedPeriod) -> CountedPeriod:
    return replace(period, pauses=tuple(pause for pause in period.pauses if pause.until is not None))


def _events_of_change(
    subject: Subject, before: Clock, after: Clock, at: datetime, extra: ClockEvent | None
) -> Sequence[ClockEvent]:
    """Return the events of a clock that was recalculated: `extra` first, then pause, resumption or a moved end."""
    events: list[ClockEvent] = [extra] if extra else []
    match before.state, after.state:
        case "running", "paused":
            first = min(subject.open_pauses, key=lambda each: each.pause.since)
            events.append(clock_paused(after, subject.kind, first))
        case "paused", "running":
            events.append(clock_resumed(after, subject.kind, at))
        case _ if extra is None and before.end is not None and after.end is not None and before.end != after.end:
            events.append(clock_rescheduled(before, before.end, after, subject.kind))
    fields = clock_fields(after, subject.kind)
    return [*events, *lamp_turned(before.lamp, after.lamp, events, at, fields, due_fields(after))]
