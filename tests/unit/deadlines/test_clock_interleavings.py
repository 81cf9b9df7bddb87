"""However topics, timers and outages interleave, each signal comes once, never early, never after the stop."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events.deadlines import (
    CardIssued,
    CardRevoked,
    ClockRed,
    ClockReminded,
    ClockStarted,
    ClockStopped,
    ClockYellow,
)
from bianmin.kit.decide import Announcement, Refused, decide_all
from bianmin.kit.refusals import NotFound
from bianmin.kit.time_source import TZ
from services.deadlines.domain.cases.result import DecideCase
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from tests.rounds import rounds
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    SUBJECT,
    a_correction,
    a_deemed_acceptance,
    a_holder,
    a_notice,
    a_pause,
    a_registration,
    a_reopening,
    a_resumption,
    a_step,
    a_step_end,
    a_supplement,
    a_void_route,
    an_acceptance,
    an_extension,
)
from tests.unit.deadlines.builders import a_decision as a_later_decision

START = datetime(2026, 3, 2, 9, tzinfo=TZ)
END = START + timedelta(days=60)  # after everything is due
SIGNALS = [ClockReminded, ClockYellow, ClockRed]
REMINDER = {"promise": datetime(2026, 3, 9, tzinfo=TZ), "statutory": datetime(2026, 3, 25, tzinfo=TZ)}
YELLOW = {"promise": datetime(2026, 3, 9, tzinfo=TZ), "statutory": datetime(2026, 3, 27, tzinfo=TZ)}

moments = st.integers(0, 60 * 24 * 4).map(lambda quarters: START + timedelta(minutes=15 * quarters))


class Harness:
    """One subject as the service keeps it: topics are read in order, what comes too early waits, timers tick."""

    def __init__(self) -> None:
        self.states: dict[UUID, Subject] = {}
        self.announced: list[Announcement] = []
        self.waiting: dict[str, list[Command]] = {"intake": [], "routing": []}

    def reads(self, topic: str, command: Command) -> None:
        """The event takes effect, and what waited for it; or it waits itself."""
        self.waiting[topic].append(command)
        moved = True
        while moved:
            moved = False
            for queue in self.waiting.values():
                while queue and self.carries_out(queue[0]):
                    del queue[0]
                    moved = True

    def copied(self) -> "Harness":
        other = Harness()
        other.states, other.announced = dict(self.states), list(self.announced)
        other.waiting = {topic: list(commands) for topic, commands in self.waiting.items()}
        return other

    def is_as(self, other: "Harness") -> bool:
        return (self.states, self.waiting) == (other.states, other.waiting)

    def ticks(self, now: datetime) -> None:
        """Timers order signals of every clock, twice: what they saw due may have changed since."""
        clocks = self.states[SUBJECT].clocks if SUBJECT in self.states else ()
        for clock in sorted(clocks, key=lambda each: each.id):
            self.carries_out(FireSignals(SUBJECT, clock.id, now, now, BY))
            self.carries_out(FireSignals(SUBJECT, clock.id, now, now, BY))

    def carries_out(self, command: Command) -> bool:
        work = decide_all(
            self.states,
            [command],
            key=lambda each: each.subject_id,
            subject=str,
            decide=partial(decide, BOOK),
            evolve=evolve,
        )
        self.announced += work.announced
        (outcome,) = work.outcomes
        if isinstance(outcome, Refused):
            assert isinstance(outcome.error, NotFound)
            return False
        return True


def a_decision(at: datetime) -> DecideCase:
    return DecideCase(SUBJECT, (), at, False, (), BY)


@given(st.data())
@settings(max_examples=rounds(80, 400), deadline=None)
def test_each_signal_comes_once_never_early_never_after_the_stop(data: st.DataObject) -> None:
    decided_at = data.draw(st.none() | moments)
    routing: list[Command] = [a_holder(), a_holder("520111101")]
    if decided_at is not None:
        routing += [a_decision(decided_at), a_decision(decided_at + timedelta(days=1))]
    unread: dict[str, list[Any]] = {"intake": [a_registration(), an_acceptance()], "routing": list(routing)}
    harness = Harness()
    now = START
    for step, moment in data.draw(st.lists(st.tuples(st.sampled_from(["intake", "routing", "tick"]), moments))):
        now = max(now, moment)
        if step == "tick":
            harness.ticks(now)
        elif unread[step] and happened(unread[step][0], now):
            harness.reads(step, unread[step].pop(0))
    for topic, rest in unread.items():
        for command in rest:
            harness.reads(topic, command)
    harness.ticks(END)
    check(harness.announced, stopped=decided_at)


def happened(command: Command, now: datetime) -> bool:
    """An event cannot be read before it happened."""
    return not isinstance(command, DecideCase) or command.decided_at <= now


def check(announced: list[Announcement], stopped: datetime | None) -> None:
    assert [one.sequence for one in announced] == list(range(1, len(announced) + 1))
    of_clock: dict[UUID, list[Any]] = defaultdict(list)
    issued: Counter[UUID] = Counter()
    for one in announced:
        fact: Any = one.data
        if isinstance(fact, CardIssued):
            issued[fact.clock_id] += 1
        elif not isinstance(fact, CardRevoked):
            of_clock[fact.clock_id].append(fact)
    assert set(issued.values()) <= {1}, "one card a clock"
    for clock_id, facts in of_clock.items():
        missed = any(isinstance(fact, ClockRed) or getattr(fact, "late", False) for fact in facts)
        assert issued[clock_id] == missed
    of_clock = {id: facts for id, facts in of_clock.items() if facts[0].kind != "card"}
    assert len(of_clock) == 3
    stopped_after_signals: list[list[type]] = [[*SIGNALS[:number], ClockStopped] for number in range(4)]
    for first, *signals in of_clock.values():
        assert isinstance(first, ClockStarted)
        if first.kind == "completeness":
            assert [type(fact) for fact in signals] in stopped_after_signals
            continue
        kinds: list[type] = [type(fact) for fact in signals]
        if stopped is None:
            assert kinds == SIGNALS
        else:
            assert kinds in stopped_after_signals
            assert signals[-1].stopped_at == max(stopped, an_acceptance().accepted_at)  # not before it began
            assert signals[-1].late == (stopped > first.due_at)
            assert (signals[-1].lamp == "red") == signals[-1].late
        for fact in signals:
            match fact:
                case ClockReminded():
                    assert fact.detected_at >= REMINDER[first.kind]
                case ClockYellow():
                    assert fact.detected_at >= YELLOW[first.kind]
                case ClockRed():
                    assert fact.detected_at > first.due_at


def once_more(command: Any, *ids: int) -> Any:
    """The same again, of clocks of its own."""
    return replace(command, clock_ids=tuple(UUID(int=id) for id in ids))


WAY: list[Command] = [
    a_holder(),
    a_step("2026-03-10T09:00"),
    an_extension("2026-03-10T10:00"),
    a_pause("2026-03-11T09:00"),
]
"""Events of a route that turns out to be void."""
NEW_WAY: list[Command] = [
    a_holder("520111101"),
    once_more(a_step("2026-03-16T09:00"), 161),
    a_pause("2026-03-17T10:00", id=91),
    a_resumption("2026-03-19T10:00", id=91),
    a_step_end("2026-03-20T10:00"),
]
SUPPLEMENTED: list[Command] = [a_notice("2026-03-09T17:00", id=153), once_more(a_supplement("2026-03-12T10:00"), 151)]
ACCEPTED = once_more(an_acceptance(on="2026-03-13"), 101, 102)
HISTORIES: dict[str, tuple[list[Command], list[Command]]] = {
    "accepted in time after all": (
        [
            a_registration(),
            a_deemed_acceptance(),
            a_correction("2026-03-06T10:00"),
            once_more(an_acceptance(on="2026-03-06"), 101, 102),
        ],
        [*WAY, a_resumption("2026-03-16T08:00"), a_void_route(), *NEW_WAY],
    ),
    "notice of what is missing in time": (
        [a_registration(), a_deemed_acceptance(), a_correction(), *SUPPLEMENTED, ACCEPTED],
        [*WAY[:3], a_void_route(), *NEW_WAY, a_later_decision("2026-03-23T10:00")],
    ),
    "decided meanwhile": (
        [a_registration(), a_deemed_acceptance(), a_correction(), *SUPPLEMENTED, ACCEPTED],
        [*WAY, a_later_decision("2026-03-13T10:00")],
    ),
    "decided meanwhile, and opened again": (
        [a_registration(), a_deemed_acceptance(), a_correction(), *SUPPLEMENTED, ACCEPTED],
        [*WAY, a_later_decision("2026-03-13T10:00"), a_reopening("2026-03-16T08:00"), *NEW_WAY],
    ),
}


@pytest.mark.parametrize(("intake", "routing"), HISTORIES.values(), ids=HISTORIES)
def test_events_of_a_corrected_acceptance_may_be_read_in_any_order_of_topics(
    intake: list[Command], routing: list[Command]
) -> None:
    """All interleavings of the two; those that have come to the same are followed once."""
    places: dict[tuple[int, int], list[Harness]] = {(0, 0): [Harness()]}
    for n in range(len(intake) + 1):
        for m in range(len(routing) + 1):
            for harness in places[n, m]:
                for topic, unread, place in (("intake", intake[n:], (n + 1, m)), ("routing", routing[m:], (n, m + 1))):
                    if unread:
                        after = harness.copied()
                        after.reads(topic, unread[0])
                        known = places.setdefault(place, [])
                        known += [] if any(after.is_as(each) for each in known) else [after]
    [end] = places[len(intake), len(routing)]
    assert end.waiting == {"intake": [], "routing": []}
    in_step = Harness()
    first = 2  # routing hears of nothing before the acceptance, nor intake of a way that is void
    for topic, commands in (("intake", intake[:first]), ("routing", routing), ("intake", intake[first:])):
        for command in commands:
            in_step.reads(topic, command)
    assert in_step.is_as(end)


def test_an_acceptance_after_a_void_route_has_its_own_step_and_pause_and_no_extension() -> None:
    intake, routing = HISTORIES["accepted in time after all"]
    harness = Harness()
    for topic, commands in (("intake", intake), ("routing", routing)):
        for command in commands:
            harness.reads(topic, command)
    clocks = {clock.id.int: clock for clock in harness.states[SUBJECT].clocks}
    assert {clocks[id].term.kind for id in (101, 102, 161)} == {"promise", "statutory", "step"}
    assert [clocks[id].extended_by for id in (101, 102)] == [0, 0]
    assert [(clocks[id].stopped_at, clocks[id].late) for id in (61, 161)] == [
        (datetime(2026, 3, 10, 9, tzinfo=TZ), False),
        (datetime(2026, 3, 20, 10, tzinfo=TZ), False),
    ]
    # 20 working days after 03-06 are over on 04-03; the three of the hearing come after Qingming
    assert str(clocks[102].end and clocks[102].end.due_on) == "2026-04-09"
