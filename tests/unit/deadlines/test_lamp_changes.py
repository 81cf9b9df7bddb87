"""A lamp that turns without a signal is announced by an event of its own; signals are sent once."""

from bianmin.events.deadlines import ClockLampTurned, ClockPaused
from bianmin.events.parts import EventData
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import Mark
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    COUNTY,
    FIRST,
    REOPENED,
    SUBJECT,
    a_pause,
    a_recount,
    a_registration,
    a_resumption,
    an_acceptance,
    an_extension,
    at,
    subject_after,
)

WARNED_EARLY = Rulebook(
    Calendars(shipped()), Policies([Policy(region=COUNTY, version=1, number=1, kind="promise", yellow=Mark(80))])
)


def announced_of(subject: Subject, book: Rulebook, *commands: Command) -> tuple[Subject, list[EventData]]:
    """Return the subject after these commands, and the events of its promise."""
    announced: list[EventData] = []
    for command in commands:
        for fact in decide(book, subject, command):
            subject = evolve(subject, fact)
            if isinstance(fact, EventData) and getattr(fact, "clock_id", None) == FIRST:
                announced.append(fact)
    return subject, announced


def firing(moment: str) -> FireSignals:
    return FireSignals(SUBJECT, FIRST, at(moment), at(moment), BY)


def lamps(announced: list[EventData]) -> list[tuple[str, str | None]]:
    return [(fact.event_name, getattr(fact, "lamp", None)) for fact in announced]


def test_yellow_again_after_an_extension_is_announced_as_a_lamp_change_not_a_signal() -> None:
    yellow, _ = announced_of(subject_after(a_registration(), an_acceptance()), BOOK, firing("2026-03-09T00:00"))
    extended, announced = announced_of(yellow, BOOK, an_extension("2026-03-09T10:00", 5))
    assert lamps(announced) == [("clock.extended", "green")]
    again, announced = announced_of(extended, BOOK, firing("2026-03-16T00:00"))
    assert lamps(announced) == [("clock.lamp_turned", "yellow")]
    _, announced = announced_of(again, BOOK, firing("2026-03-16T00:00"), firing("2026-03-17T00:00:01"))
    assert lamps(announced) == [("clock.red", None), ("card.issued", None)]


def test_red_again_after_a_recount_is_announced_as_a_lamp_change_with_its_card() -> None:
    missed, _ = announced_of(subject_after(a_registration(), an_acceptance()), BOOK, firing("2026-03-10T09:00"))
    counted, announced = announced_of(missed, REOPENED, a_recount("2026-03-10T10:00"))
    assert lamps(announced) == [("clock.rescheduled", "yellow"), ("card.revoked", None)]
    again, announced = announced_of(counted, REOPENED, firing("2026-03-11T00:00:01"))
    assert lamps(announced) == [("clock.lamp_turned", "red"), ("card.issued", None)]
    assert announced_of(again, REOPENED, firing("2026-03-11T00:00:01"))[1] == []


def test_a_policy_that_moves_only_the_yellow_moment_announces_the_lamp_change() -> None:
    [event] = announced_of(
        subject_after(a_registration(), an_acceptance()), WARNED_EARLY, a_recount("2026-03-05T10:00")
    )[1]
    assert isinstance(event, ClockLampTurned)
    assert (event.lamp, str(event.due_on), event.turned_at) == ("yellow", "2026-03-09", at("2026-03-05T10:00"))


def test_a_pause_before_the_end_but_reported_after_it_revokes_red_and_the_card() -> None:
    missed, _ = announced_of(subject_after(a_registration(), an_acceptance()), BOOK, firing("2026-03-10T00:00:01"))
    still, announced = announced_of(missed, BOOK, a_pause("2026-03-09T16:00"))
    assert lamps(announced) == [("clock.paused", None), ("clock.lamp_turned", "yellow"), ("card.revoked", None)]
    assert [(card.level, card.settled_reason) for card in still.cards] == [("yellow", "recounted")]
    resumed, announced = announced_of(still, BOOK, a_resumption("2026-03-11T16:00"))
    assert lamps(announced) == [("clock.resumed", "green")]
    _, announced = announced_of(resumed, BOOK, firing("2026-03-13T00:00:01"))
    assert lamps(announced) == [("clock.lamp_turned", "red"), ("card.issued", None)]


def test_a_pause_that_began_after_the_end_revokes_nothing() -> None:
    missed, _ = announced_of(subject_after(a_registration(), an_acceptance()), BOOK, firing("2026-03-10T00:00:01"))
    still, announced = announced_of(missed, BOOK, a_pause("2026-03-10T09:00"))
    assert announced == []
    assert [card.status for card in still.cards] == ["issued"]


def test_a_calendar_published_during_a_pause_turns_back_a_clock_that_was_in_time_at_its_start() -> None:
    missed, _ = announced_of(
        subject_after(a_registration(), an_acceptance()),
        BOOK,
        firing("2026-03-10T00:00:01"),
        a_pause("2026-03-10T09:00"),
    )
    counted, announced = announced_of(missed, REOPENED, a_recount("2026-03-11T10:00"))
    assert lamps(announced) == [("clock.paused", None), ("clock.lamp_turned", "yellow"), ("card.revoked", None)]
    [paused, *_] = announced
    assert isinstance(paused, ClockPaused)
    assert (str(paused.paused_on), paused.reason_code) == ("2026-03-10", "hearing")
    assert lamps(announced_of(counted, REOPENED, a_resumption("2026-03-13T10:00"))[1]) == [("clock.resumed", "green")]
