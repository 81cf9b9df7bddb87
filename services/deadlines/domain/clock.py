"""One clock: how it starts, stands still, moves and stops, and what it signals when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bianmin.events.deadlines import ClockPaused, ClockResumed, ClockStarted, ClockStopped
from bianmin.events.parts import EventData, Lamp, SubjectKind
from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar import Calendar
from services.deadlines.domain.periods import Due, Pause, Period, done_at, due, is_early, is_late, nearing
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.signals import Moments, Ringing, Signal, lamp_at
from services.deadlines.domain.terms import ENDED_BY_LAW, Mark, Term

ClockState = Literal["running", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers for a clock."""

    org: str
    dept: str | None = None


@dataclass(frozen=True, slots=True)
class Standstill:
    """A pause of a matter, with what it rests on. It stays on record when it is over.

    `evidence`: the event by which whoever ordered it told of it.
    """

    id: UUID
    pause: Pause
    reason: str
    legal_basis: str
    evidence: UUID | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A period that is being kept. `cycle` counts how often the matter was opened.

    `period` is what was decided about it, the rest follows from that and the calendar (`reckon`), but for what was told
    and how it stopped. `end` is None while it stands still. A signal that was told is not told again, also when the end
    has moved away since; the lamp follows the end, and where no signal says how it turned, an event of its own does.
    """

    id: UUID
    term: Term
    answerable: Answerable
    period: Period
    end: Due | None
    calendar_version: str
    reminder_at: datetime | None = None
    yellow_at: datetime | None = None
    cycle: int = 1
    lamp: Lamp = "green"
    told: frozenset[Signal] = frozenset()
    state: ClockState = "running"
    stopped_at: datetime | None = None
    late: bool | None = None
    version: int = 1

    @property
    def extended_by(self) -> int:
        """By how many units it was extended."""
        return self.period.budget - self.term.budget

    @property
    def moments(self) -> Moments:
        """When each signal is due."""
        return Moments.of(self.reminder_at, self.yellow_at, self.end.due_at if self.end else None)

    @property
    def next_fire_at(self) -> datetime | None:
        """When there is something to tell next, or the lamp changes; None when nothing is left of either."""
        return self.moments.next(self.lamp, self.told) if self.state == "running" else None

    def lamp_at(self, moment: datetime) -> Lamp:
        """What the lamp has to show at a moment."""
        return (
            self.lamp if self.end is None or self.term.is_window else lamp_at(moment, self.yellow_at, self.end.due_at)
        )


def start(
    terms: Sequence[Term], ids: Sequence[UUID], since: datetime, answerable: Answerable, cycle: int = 1
) -> list[Clock]:
    """Clocks for these terms, from the business date of `since`, or for hours from `since` itself; not counted yet."""
    return [
        Clock(
            id=id,
            term=term,
            answerable=answerable,
            period=Period(term.unit, term.budget, since, cut_off=term.cut_off),
            end=None,
            calendar_version="",
            cycle=cycle,
        )
        for term, id in zip(terms, ids, strict=False)
    ]


def reckon(calendars: Calendars, clocks: Sequence[Clock]) -> list[Clock]:
    """The clocks of one cycle of a matter with their ends and moments as they follow from what was decided.

    Each is counted by the calendar of whoever answers for it.

    What was promised ends with the period of the law at the latest: a promise in days can outlast a period in working
    days on some dates, and the other way round; and so does a step on the way to the decision. A period of the law that
    is over before a pause ends a promise that would have stood still in it. What has stopped stays as it was.
    """
    theirs = [calendars.of(clock.answerable.org) for clock in clocks]
    ends = [due(calendar, clock.period) for calendar, clock in zip(theirs, clocks, strict=True)]
    law = [end for clock, end in zip(clocks, ends, strict=True) if clock.term.kind == "statutory" and end is not None]
    return [_reckoned(*each, law) for each in zip(theirs, clocks, ends, strict=True)]


def _reckoned(calendar: Calendar, clock: Clock, own_end: Due | None, law: Sequence[Due]) -> Clock:
    if clock.state == "stopped":
        return clock
    ends = [*([own_end] if own_end else []), *(law if clock.term.kind in ENDED_BY_LAW else [])]
    if not ends:
        return replace(
            clock, end=None, reminder_at=None, yellow_at=None, state="paused", calendar_version=calendar.version
        )
    end = min(ends, key=lambda each: each.due_at)
    return replace(
        clock,
        end=end,
        reminder_at=_mark(calendar, clock, end, clock.term.reminder),
        yellow_at=_mark(calendar, clock, end, clock.term.yellow),
        state="running",
        calendar_version=calendar.version,
    )


def _mark(calendar: Calendar, clock: Clock, end: Due, mark: Mark) -> datetime | None:
    if clock.term.is_window:
        return None
    return nearing(calendar, clock.period, end, mark.left(clock.period.budget))


def touched(clock: Clock, now: Clock, at: datetime) -> Clock:
    """The clock, counted anew at a moment: its lamp follows its end. `clock` itself where nothing changed."""
    if replace(now, calendar_version=clock.calendar_version) == clock:
        return clock
    lamp = now.lamp_at(at) if now.state == "running" else now.lamp
    return _moved(clock, replace(now, lamp=lamp))


def fire(clock: Clock, subject_kind: SubjectKind, now: datetime) -> tuple[Clock, Sequence[EventData]]:
    """What it has to tell by `now` and has not told yet, in order. A clock that does not run tells nothing.

    A window that is over closes, in time: nobody was late.
    """
    if clock.state != "running" or clock.end is None:
        return clock, []
    if clock.term.is_window:
        return stop(clock, subject_kind, clock.end.due_at) if is_late(now, clock.end.due_at) else (clock, [])
    rung = Ringing(
        **naming(clock, subject_kind),
        **ending(clock),
        reminder_at=clock.reminder_at,
        yellow_at=clock.yellow_at,
        lamp=clock.lamp,
        told=clock.told,
    ).ring(now)
    return _moved(clock, replace(clock, lamp=rung.lamp, told=rung.told)), rung.facts


def stop(clock: Clock, subject_kind: SubjectKind, at: datetime) -> tuple[Clock, list[EventData]]:
    """The end of a clock that runs. The first stop wins. Its lamp is that of the moment `at`, signalled or not.

    A window had closed with its end, whoever noticed.
    """
    if clock.state == "stopped":
        return clock, []
    assert clock.end is not None, "what stands still goes on before it stops"
    at = done_at(at, clock.end, clock.period.unit)
    if clock.term.is_window:
        at = min(at, clock.end.due_at)
    lamp, late = clock.lamp_at(at), is_late(at, clock.end.due_at)
    stopped = replace(clock, state="stopped", stopped_at=at, late=late, lamp=lamp)
    told = ClockStopped(
        **naming(clock, subject_kind),
        **ending(clock),
        stopped_at=at,
        late=late,
        early=is_early(at, clock.end.due_on),
        lamp=lamp,
    )
    return _moved(clock, stopped), [told]


def correct(clock: Clock, subject_kind: SubjectKind, at: datetime) -> tuple[Clock, list[EventData]]:
    """A clock that had stopped before it was known that what it waits for had happened `at` an earlier moment."""
    if clock.end is None or clock.stopped_at is None:
        return clock, []
    if clock.stopped_at <= done_at(at, clock.end, clock.period.unit):
        return clock, []
    return stop(replace(clock, state="running"), subject_kind, at)


def paused(clock: Clock, subject_kind: SubjectKind, standstill: Standstill) -> ClockPaused:
    first_day = standstill.pause.since.astimezone(TZ).date()
    return ClockPaused(**naming(clock, subject_kind), paused_on=first_day, reason_code=standstill.reason)


def resumed(clock: Clock, subject_kind: SubjectKind, at: datetime) -> ClockResumed:
    return ClockResumed(**naming(clock, subject_kind), **ending(clock), **basis(clock), resumed_at=at, lamp=clock.lamp)


def started(clock: Clock, subject_kind: SubjectKind) -> ClockStarted:
    return ClockStarted(
        **naming(clock, subject_kind),
        **ending(clock),
        **basis(clock),
        unit=clock.term.unit.value,
        budget=clock.term.budget,
        started_on=clock.period.start_on,
    )


def naming(clock: Clock, subject_kind: SubjectKind) -> dict[str, Any]:
    """What every event says of a clock."""
    return {
        "clock_id": clock.id,
        "subject_kind": subject_kind,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "org": clock.answerable.org,
        "dept": clock.answerable.dept,
        "cycle": clock.cycle,
    }


def ending(clock: Clock) -> dict[str, Any]:
    """When it ends; nothing while it stands still."""
    end = clock.end
    return {"due_on": end and end.due_on, "due_at": end and end.due_at}


def basis(clock: Clock) -> dict[str, Any]:
    """By which calendar its end was counted, and how certain that is."""
    return {
        "calendar_version": clock.calendar_version,
        "provisional": clock.end is not None and clock.end.provisional,
    }


def _moved(before: Clock, after: Clock) -> Clock:
    return after if after == before else replace(after, version=before.version + 1)
