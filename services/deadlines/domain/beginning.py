"""A matter is met, and its clocks begin."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.deadlines.domain import clock as clocks
from services.deadlines.domain import terms
from services.deadlines.domain.clock import Answerable, Clock, Standstill
from services.deadlines.domain.facts import ClockSet, Opened
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject
from services.deadlines.domain.terms import Term


def opening(known: Subject | None, subject: Subject) -> Sequence[object]:
    """A matter can be met in the middle of it first, by a reader that came later than its beginning."""
    return [] if known else [Opened(subject)]


def start(
    book: Rulebook,
    subject: Subject,
    to_keep: Sequence[Term],
    since: datetime,
    ids: Sequence[UUID],
    answerable: Answerable | None = None,
) -> list[object]:
    """Clocks for these terms; whoever answers for the matter answers for them, unless somebody else is named.

    What starts while the matter stands still stands still with it.
    """
    answers = answerable or subject.answerable
    new = clocks.start(book.terms(answers.org, to_keep, subject.item), ids, since, answers, subject.cycle)
    running = clocks.reckon(book.calendars, [*subject.open_clocks, *new])[-len(new) :] if new else []
    facts: list[object] = []
    for clock in running:
        facts += [ClockSet(clock), clocks.started(clock, subject.kind)]
    if ongoing := next((each for each in subject.standstills if each.pause.until is None), None):
        all_still = map(standing_still(subject.standstills), [*subject.open_clocks, *running])
        still = clocks.reckon(book.calendars, list(all_still))[-len(running) :]
        for before, clock in zip(running, still, strict=True):
            if clock.state == "paused":
                now = clocks.touched(before, clock, since)
                facts += [ClockSet(now), clocks.paused(now, subject.kind, ongoing)]
    return facts


def standing_still(standstills: Sequence[Standstill]) -> Callable[[Clock], Clock]:
    """Gives a clock the pauses that stop it."""
    pauses = tuple(each.pause for each in standstills)

    def still(clock: Clock) -> Clock:
        if not pauses or clock.term.kind not in terms.PAUSED_BY_PROCEDURES:
            return clock
        return replace(clock, period=replace(clock.period, pauses=pauses))

    return still
