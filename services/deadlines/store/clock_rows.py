"""Rows of clocks and the clocks they stand for, by hand: the columns are many and hot, and a codec is slower here."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, cast

from bianmin.events.parts import ClockKind
from bianmin.kit import sets
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.periods.period import CountedPeriod, CutOff, DueDate, Unit
from services.deadlines.domain.terms.law import PAUSED_BY_PROCEDURES, default_card
from services.deadlines.domain.terms.term import Mark, Term
from services.deadlines.store.local_time import local
from services.deadlines.store.signals import format_signals, parse_signals
from services.deadlines.store.tables import clocks

NEVER = datetime.max.replace(tzinfo=UTC)
"""PostgreSQL stores this moment as `infinity`: the `due_at` of a paused clock."""

CLOCK_COLUMNS = (
    *(column for column in clocks.c if column.name != "policy"),
    cast(clocks.c.policy, Text).label("policy"),
)
"""The columns that `clock_of_row` reads. JSON comes as text: equal texts are parsed once."""

_OF_POLICY = ("policy", "reminder", "yellow", "cut_off", "card", "order_days", "second_yellow", "extension")


def clock_of_row(row: sets.Row, pauses: Sequence[SubjectPause]) -> Clock:
    """Return the clock of a row with `CLOCK_COLUMNS`, its moments in the county's zone.

    `pauses`: those of its subject. Raises `ValueError` where the row has an unknown unit.
    """
    term = _term_of(row["kind"], row["unit"], row["budget"], row["stage"], row["policy"])
    clock_pauses = tuple(each.pause for each in pauses) if term.kind in PAUSED_BY_PROCEDURES else ()
    return Clock(
        id=row["id"],
        term=term,
        responsible=ResponsibleUnit(row["org"], row["dept"]),
        period=CountedPeriod(
            unit=term.unit,
            budget=term.budget + row["extended_by"],
            start=row["started_at"].astimezone(TZ),
            pauses=clock_pauses,
            cut_off=term.cut_off,
            not_before=row["not_before"],
        ),
        end=row["due_on"] and DueDate(row["due_on"], row["due_at"].astimezone(TZ), row["provisional"]),
        calendar_version=row["calendar_version"],
        reminder_at=local(row["reminder_at"]),
        yellow_at=local(row["yellow_at"]),
        cycle=row["cycle"],
        lamp=row["lamp"],
        sent_signals=parse_signals(row["told"]),
        state=row["state"],
        stopped_at=local(row["stopped_at"]),
        late=row["late"],
        version=row["version"],
    )


def new_row(subject: Subject, clock: Clock) -> dict[str, Any]:
    """Return all columns of a new clock but `changed_at`."""
    return {
        **running_columns(clock),
        **calculated_columns(clock),
        "subject_id": subject.id,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "cycle": clock.cycle,
        "started_on": clock.period.start_on,
        "started_at": clock.period.start,
    }


def running_columns(clock: Clock) -> dict[str, Any]:
    """Return the id and the columns that change as the clock runs, signals and stops."""
    return {
        "id": clock.id,
        "lamp": clock.lamp,
        "told": format_signals(clock.sent_signals),
        "state": clock.state,
        "stopped_at": clock.stopped_at,
        "late": clock.late,
        "next_fire_at": clock.next_fire_at,
        "version": clock.version,
    }


def calculated_columns(clock: Clock) -> dict[str, Any]:
    """Return the columns that its end is calculated from, as far as they may change, and those that follow from it."""
    end = clock.end
    return {
        "org": clock.responsible.org,
        "dept": clock.responsible.dept,
        "unit": clock.term.unit.value,
        "budget": clock.term.budget,
        "policy": _policy_column(clock.term),
        "extended_by": clock.extended_by,
        "not_before": clock.period.not_before,
        "due_on": end and end.due_on,
        "due_at": end.due_at if end else NEVER,
        "provisional": end is not None and end.provisional,
        "reminder_at": clock.reminder_at,
        "yellow_at": clock.yellow_at,
        "calendar_version": clock.calendar_version,
    }


@lru_cache(maxsize=4096)
def _term_of(kind: ClockKind, unit: str, budget: int, stage: str | None, policy: str | None) -> Term:
    """The term as the law and the item set it, or, where `policy` is given, as the policy did."""
    if policy is None:
        return Term(kind, Unit(unit), budget, stage, card=default_card(kind, stage))
    stored = json.loads(policy)
    return Term(
        kind,
        Unit(unit),
        budget,
        stage,
        reminder=Mark(**stored["reminder"]),
        yellow=Mark(**stored["yellow"]),
        cut_off=CutOff(stored["cut_off"]),
        card=stored["card"],
        second_yellow=stored.get("second_yellow", "case"),
        order_days=stored["order_days"],
        extension=stored.get("extension", 0),
        policy=stored["policy"],
    )


def _policy_column(term: Term) -> dict[str, Any] | None:
    if term.policy is None:
        return None
    return {name: getattr(term, name) for name in _OF_POLICY}
