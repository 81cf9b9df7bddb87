"""One clock: how it starts, what it signals and when, how it stops."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from bianmin.events.deadlines import ClockRed, ClockStarted, ClockStopped, ClockYellow
from bianmin.events.parts import Lamp, SubjectKind
from services.deadlines.domain.calendar import Calendar
from services.deadlines.domain.periods import Due, due, is_early, is_late, yellow_at
from services.deadlines.domain.terms import Term

ClockState = Literal["running", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers for a clock."""

    org: str
    dept: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A period that is being kept. `cycle` counts how often the matter was opened."""

    id: UUID
    term: Term
    answerable: Answerable
    started_on: date
    due_on: date
    due_at: datetime
    yellow_at: datetime | None
    calendar_version: str
    provisional: bool
    cycle: int = 1
    lamp: Lamp = "green"
    state: ClockState = "running"
    stopped_at: datetime | None = None
    late: bool | None = None
    version: int = 1

    @property
    def red_at(self) -> datetime:
        """The first moment that is late: the very last of the period is still in time."""
        return self.due_at + datetime.resolution

    @property
    def next_fire_at(self) -> datetime | None:
        """When the lamp changes next; None when nothing is left to signal."""
        if self.state != "running" or self.lamp == "red":
            return None
        return self.yellow_at if self.lamp == "green" and self.yellow_at is not None else self.red_at

    def lamp_at(self, moment: datetime) -> Lamp:
        """What the lamp has to show at a moment."""
        if is_late(moment, self.due_at):
            return "red"
        return "yellow" if self.yellow_at is not None and moment >= self.yellow_at else "green"


def start(
    calendar: Calendar, terms: Sequence[Term], ids: Sequence[UUID], started_on: date, answerable: Answerable
) -> list[Clock]:
    """Clocks for these terms. What was promised ends with the period of the law at the latest.

    A promise in days can outlast a period in working days on some dates, and the other way round.
    """
    ends = [due(calendar, started_on, term.budget, term.unit) for term in terms]
    law = [end for term, end in zip(terms, ends, strict=True) if term.kind == "statutory"]
    clocks = []
    for term, own_end, id in zip(terms, ends, ids, strict=False):
        end: Due = min([own_end, *law], key=lambda each: each.due_at)
        clocks.append(
            Clock(
                id=id,
                term=term,
                answerable=answerable,
                started_on=started_on,
                due_on=end.due_on,
                due_at=end.due_at,
                yellow_at=yellow_at(calendar, end.due_on, term.budget, term.unit),
                calendar_version=calendar.version,
                provisional=end.provisional,
            )
        )
    return clocks


def started(clock: Clock, subject_kind: SubjectKind) -> ClockStarted:
    return ClockStarted(
        **_naming(clock, subject_kind),
        unit=clock.term.unit.value,
        budget=clock.term.budget,
        started_on=clock.started_on,
        calendar_version=clock.calendar_version,
        provisional=clock.provisional,
    )


def signal(clock: Clock, subject_kind: SubjectKind, now: datetime) -> list[ClockYellow | ClockRed]:
    """What the lamp has to tell by `now` and has not told yet, in order. A clock that does not run tells nothing."""
    if clock.state != "running" or clock.lamp == "red":
        return []
    told: list[ClockYellow | ClockRed] = []
    if clock.lamp == "green" and clock.yellow_at is not None and now >= clock.yellow_at:
        told.append(ClockYellow(**_naming(clock, subject_kind), detected_at=now))
    if is_late(now, clock.due_at):
        told.append(ClockRed(**_naming(clock, subject_kind), detected_at=now))
    return told


def stop(clock: Clock, subject_kind: SubjectKind, at: datetime) -> list[ClockStopped]:
    """The end of a running clock. The first stop wins. Its lamp is that of the moment `at`, signalled or not."""
    if clock.state == "stopped":
        return []
    return [
        ClockStopped(
            **_naming(clock, subject_kind),
            stopped_at=at,
            late=is_late(at, clock.due_at),
            early=is_early(at, clock.due_on),
            lamp=clock.lamp_at(at),
        )
    ]


def moved(clock: Clock, fact: ClockYellow | ClockRed | ClockStopped) -> Clock:
    """The clock after one of its facts."""
    changes: dict[str, Any]
    match fact:
        case ClockYellow():
            changes = {"lamp": "yellow"}
        case ClockRed():
            changes = {"lamp": "red"}
        case ClockStopped():
            changes = {"state": "stopped", "stopped_at": fact.stopped_at, "late": fact.late, "lamp": fact.lamp}
    return replace(clock, **changes, version=clock.version + 1)


def _naming(clock: Clock, subject_kind: SubjectKind) -> dict[str, Any]:
    return {
        "clock_id": clock.id,
        "subject_kind": subject_kind,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "org": clock.answerable.org,
        "dept": clock.answerable.dept,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
    }
