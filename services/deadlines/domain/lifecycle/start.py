"""Opening a subject and starting its clocks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.deadlines.domain.clocks.changes import with_pauses
from services.deadlines.domain.clocks.clock import ResponsibleUnit, with_changes
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.clocks.events import clock_paused, clock_started
from services.deadlines.domain.lifecycle.facts import ClockChanged, Fact, SubjectOpened
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import Term


def open_subject(known: Subject | None, subject: Subject) -> list[Fact]:
    """Open `subject` unless it is `known`.

    Not only registration opens a subject: a service that joins late may read a later event of it first.
    """
    return [] if known else [SubjectOpened(subject)]


def start_clocks(
    book: Rulebook,
    subject: Subject,
    terms: Sequence[Term],
    since: datetime,
    ids: Sequence[UUID],
    responsible: ResponsibleUnit | None = None,
) -> list[Fact]:
    """Start a clock for each term at `since`, with the ids in order, by the policies of the responsible unit.

    `responsible`: None for the unit responsible for the subject. A clock that starts during a pause of the subject is
    paused at once, where pauses stop its kind. Raises `YearMissing`.
    """
    unit = responsible or subject.responsible
    new = new_clocks(book.applicable_terms(unit.org, terms, subject.item), ids, since, unit, subject.cycle)
    if not new:
        return []
    running = count_ends(book.calendars, [*subject.open_clocks, *new])[-len(new) :]
    facts: list[Fact] = []
    for clock in running:
        facts += [ClockChanged(clock), clock_started(clock, subject.kind)]
    if subject.open_pauses:
        paused = [with_pauses(clock, subject.pauses) for clock in (*subject.open_clocks, *running)]
        for before, counted in zip(running, count_ends(book.calendars, paused)[-len(new) :], strict=True):
            if counted.state == "paused":
                after = with_changes(before, counted, since)
                facts += [ClockChanged(after), clock_paused(after, subject.kind, subject.open_pauses[0])]
    return facts
