"""What is done to the clocks of a matter, whatever it is done for: stopped, extended, handed on, counted anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce

from bianmin.events.deadlines import ClockExtended, ClockRescheduled
from bianmin.events.parts import EventData, SubjectKind
from bianmin.kit.time_source import TZ
from services.deadlines.domain import clock as clocks
from services.deadlines.domain import terms
from services.deadlines.domain.beginning import standing_still
from services.deadlines.domain.calendar import Calendar
from services.deadlines.domain.cards import RECOUNTED
from services.deadlines.domain.clock import Answerable, Clock, Standstill, basis, ending, naming
from services.deadlines.domain.facts import ClockSet, StandstillKept, evolve
from services.deadlines.domain.missed import changed, makes_up_for, taken_back
from services.deadlines.domain.periods import Pause, Period, due, is_late
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.signals import better, turned
from services.deadlines.domain.subject import Subject

Told = Callable[[Clock, Clock], EventData | None]
"""What the others are told of what happened: of the clock before it and after it."""


def stop(
    book: Rulebook, subject: Subject, at: datetime, which: Callable[[Clock], bool] = lambda clock: True
) -> list[object]:
    """These clocks stop, or all that run. What stood still goes on for that moment: a pause ends with what it stops."""
    still = standing_still([_ended(each, at) for each in subject.standstills])
    stopping = [clock for clock in subject.open_clocks if which(clock)]
    missed = {terms.order_of(clock.term) for clock in stopping}
    stopping += [clock for clock in subject.open_clocks if clock not in stopping and makes_up_for(clock, missed)]
    if any(clock.state == "paused" for clock in stopping):
        # those that the law's period limits are counted with it, whether it stops or not
        resumed = [_with_grace(book.calendar_of(c.answerable.org), still(c), at) for c in subject.open_clocks]
        counted = clocks.reckon(book.calendars, resumed)
        chosen = {clock.id for clock in stopping}
        stopping = [clock for clock in counted if clock.id in chosen]
    stopped = [clocks.stop(clock, subject.kind, max(at, clock.period.start)) for clock in stopping]
    return changed(book, subject, stopped, at)


def stop_all(book: Rulebook, subject: Subject, at: datetime) -> list[object]:
    """All clocks that run stop, and with them whatever held them up."""
    over = [StandstillKept(_ended(each, at)) for each in subject.standstills if each.pause.until is None]
    return [*over, *stop(book, subject, at)]


def call_off(book: Rulebook, subject: Subject, at: datetime) -> list[object]:
    """All clocks that run stop, and it shows that they should not have run: nothing held them up either."""
    never = tuple(replace(each, pause=Pause(each.pause.since, each.pause.since)) for each in subject.standstills)
    running = clocks.reckon(book.calendars, list(map(standing_still(never), subject.open_clocks)))
    plain = reduce(evolve, [*map(StandstillKept, never), *map(ClockSet, running)], subject)
    return [*(StandstillKept(each) for each in never if each not in subject.standstills), *stop_all(book, plain, at)]


def _ended(standstill: Standstill, at: datetime) -> Standstill:
    pause = standstill.pause
    if pause.until is not None:
        return standstill
    return replace(standstill, pause=Pause(pause.since, max(at, pause.since)))


def recounted(
    book: Rulebook, subject: Subject, change: Callable[[Clock], Clock], at: datetime, told: Told = lambda *_: None
) -> list[object]:
    """The open clocks after a change of what they are counted by, and what the others are told of it.

    Whatever was changed, they are counted by the calendars in force now, which may be others than before: any of them
    may end elsewhere, stand still or go on. `told`: what else happened to a clock.
    """
    open_ones = subject.open_clocks
    changed_ones = [_with_grace(book.calendar_of(each.answerable.org), each, at) for each in map(change, open_ones)]
    counted = _halted(book, open_ones, changed_ones, clocks.reckon(book.calendars, changed_ones))
    facts: list[object] = []
    freed: list[Clock] = []
    for before, after in zip(open_ones, counted, strict=True):
        now = clocks.touched(before, after, at)
        if now is not before:
            facts += [ClockSet(now), *_told(subject, before, now, at, told(before, now))]
            if before.lamp == "red" != now.lamp:
                freed.append(now)
    for clock in freed:
        facts += taken_back(book, reduce(evolve, facts, subject), clock, at, RECOUNTED)
    return facts


def _halted(
    book: Rulebook, open_ones: Sequence[Clock], changed_ones: Sequence[Clock], counted: Sequence[Clock]
) -> Sequence[Clock]:
    """The counted ones, where those that stand still from now on show no worse than they did as they began to: what is
    told late was before they were yellow, or red."""
    halted = [(b.state, a.state) == ("running", "paused") for b, a in zip(open_ones, counted, strict=True)]
    if not any(halted):
        return counted
    going = clocks.reckon(book.calendars, [replace(c, period=_without_the_last(c.period)) for c in changed_ones])
    return [
        replace(clock, lamp=better(clock.lamp, as_it_went.lamp_at(_halted_at(clock)))) if still else clock
        for clock, still, as_it_went in zip(counted, halted, going, strict=True)
    ]


def _halted_at(clock: Clock) -> datetime:
    return min(pause.since for pause in clock.period.pauses if pause.until is None)


def _without_the_last(period: Period) -> Period:
    """Without the pauses that go on."""
    return replace(period, pauses=tuple(pause for pause in period.pauses if pause.until is not None))


def _told(subject: Subject, before: Clock, now: Clock, at: datetime, event: EventData | None) -> Sequence[EventData]:
    """What the others are told of a clock that was counted anew, beside what happened to it."""
    said = [event] if event else []
    match before.state, now.state:
        case "running", "paused":
            lasting = [each for each in subject.standstills if each.pause.until is None]
            said.append(clocks.paused(now, subject.kind, min(lasting, key=lambda each: each.pause.since)))
        case "paused", "running":
            said.append(clocks.resumed(now, subject.kind, at))
        case _ if event is None and (moved := _rescheduled(before, now, subject.kind)):
            said.append(moved)
    return [*said, *turned(now.lamp, before.lamp, said, at, **naming(now, subject.kind), **ending(now))]


def as_set(book: Rulebook, subject: Subject, clock: Clock) -> Clock:
    """A clock by the policies in force where it is answered for; what was used up of a period is used up by any."""
    [term] = book.terms(clock.answerable.org, [terms.as_by_law(clock.term)], subject.item)
    if term == clock.term:
        return clock
    period = replace(clock.period, unit=term.unit, budget=term.budget + clock.extended_by, cut_off=term.cut_off)
    return replace(clock, term=term, period=period)


def hand_on(book: Rulebook, subject: Subject, to: Answerable, at: datetime) -> list[object]:
    """What runs goes on, and another answers for it, by its own calendar and policies. What was missed by then was
    missed by the one before, who keeps the card."""

    def handed(clock: Clock) -> Clock:
        theirs = replace(clock, answerable=to)
        return theirs if clock.lamp_at(at) == "red" else as_set(book, subject, theirs)

    return recounted(book, subject, handed, at)


def extend(book: Rulebook, subject: Subject, by: Callable[[Clock], int], at: datetime) -> list[object]:
    """More time for clocks, of each `by` so many of its units where it counts days; what is over is not extended.

    Then it is for the order to make up for it, where that is not over itself: who was given time does not disobey.
    """
    over = {terms.order_of(clock.term): by(clock) for clock in subject.open_clocks if clock.lamp_at(at) == "red"}

    def more(clock: Clock) -> int:
        return by(clock) or (over.get(clock.term.stage or "", 0) if clock.term.kind == "card" else 0)

    def longer(clock: Clock) -> Clock:
        if clock.period.unit.is_of_time or clock.period.ends_at_once or clock.lamp_at(at) == "red":
            return clock
        return replace(clock, period=replace(clock.period, budget=clock.period.budget + more(clock)))

    def told(before: Clock, after: Clock) -> EventData | None:
        if after.period.budget == before.period.budget:
            return None
        return ClockExtended(
            **naming(after, subject.kind),
            **ending(after),
            **basis(after),
            by=after.period.budget - before.period.budget,
            previous_due_on=before.end and before.end.due_on,
            lamp=after.lamp,
        )

    return recounted(book, subject, longer, at, told)


def _with_grace(calendar: Calendar, clock: Clock, at: datetime) -> Clock:
    """What was in time, or stood still, is not late by other calendars alone: the next working day is still left."""
    end = due(calendar, clock.period)
    if end is None or end.due_at > at or (clock.end is not None and is_late(at, clock.end.due_at)):
        return clock
    tomorrow = calendar.add_workdays(at.astimezone(TZ).date(), 1)
    for day in [tomorrow] if clock.end is None else [min(tomorrow, clock.end.due_on), tomorrow]:
        graced = replace(clock.period, not_before=day)
        end = due(calendar, graced)
        if end is None or end.due_at > at:
            break
    return replace(clock, period=graced)


def _rescheduled(before: Clock, after: Clock, kind: SubjectKind) -> EventData | None:
    """An end that did not move by what was done, but with what was in force since it was counted last."""
    if before.end is None or after.end is None or before.end == after.end:
        return None
    reason = "law" if before.calendar_version == after.calendar_version else "calendar"
    return ClockRescheduled(
        **naming(after, kind),
        **ending(after),
        **basis(after),
        previous_due_on=before.end.due_on,
        previous_due_at=before.end.due_at,
        reason_code="policy" if before.term != after.term else reason,
        lamp=after.lamp,
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """An end that moved, as it is on record.

    `reason`: an extension by so many units, a calendar, a policy, or the period of the law that ends a promise.

    A day is None where the clock stood still.
    """

    moved_at: datetime
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str
