"""However topics, timers and outages interleave, each signal comes once, never early, never after the stop."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

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
from bianmin.kit.clock import TZ
from bianmin.kit.decide import Announcement, Refused, decide_all
from bianmin.kit.refusals import NotFound
from services.deadlines.domain.commands import Command, DecideCase, FireSignals
from services.deadlines.domain.facts import evolve
from services.deadlines.domain.rules import decide
from services.deadlines.domain.subject import Subject
from tests.unit.deadlines.test_clock_rules import BOOK, BY, SUBJECT, a_holder, acceptance, opening

START = datetime(2026, 3, 2, 9, tzinfo=TZ)
END = START + timedelta(days=60)  # after everything is due
SIGNALS = [ClockReminded, ClockYellow, ClockRed]
REMINDER = {"promise": datetime(2026, 3, 9, tzinfo=TZ), "statutory": datetime(2026, 3, 25, tzinfo=TZ)}
YELLOW = {"promise": datetime(2026, 3, 9, tzinfo=TZ), "statutory": datetime(2026, 3, 27, tzinfo=TZ)}

moments = st.integers(0, 60 * 24 * 4).map(lambda quarters: START + timedelta(minutes=15 * quarters))


class House:
    """One matter as the service keeps it: topics are read in order, what comes too early waits, timers tick."""

    def __init__(self) -> None:
        self.states: dict[UUID, Subject] = {}
        self.told: list[Announcement] = []
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
        self.told += work.announced
        (outcome,) = work.outcomes
        if isinstance(outcome, Refused):
            assert isinstance(outcome.error, NotFound)
            return False
        return True


def a_decision(at: datetime) -> DecideCase:
    return DecideCase(SUBJECT, (), at, False, (), BY)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_each_signal_comes_once_never_early_never_after_the_stop(data: st.DataObject) -> None:
    decided_at = data.draw(st.none() | moments)
    routing: list[Command] = [a_holder(), a_holder("520111101")]
    if decided_at is not None:
        routing += [a_decision(decided_at), a_decision(decided_at + timedelta(days=1))]
    unread: dict[str, list[Any]] = {"intake": [opening(), acceptance()], "routing": list(routing)}
    house = House()
    now = START
    for step, moment in data.draw(st.lists(st.tuples(st.sampled_from(["intake", "routing", "tick"]), moments))):
        now = max(now, moment)
        if step == "tick":
            house.ticks(now)
        elif unread[step] and happened(unread[step][0], now):
            house.reads(step, unread[step].pop(0))
    for topic, rest in unread.items():
        for command in rest:
            house.reads(topic, command)
    house.ticks(END)
    check(house.told, stopped=decided_at)


def happened(command: Command, now: datetime) -> bool:
    """An event cannot be read before it happened."""
    return not isinstance(command, DecideCase) or command.decided_at <= now


def check(told: list[Announcement], stopped: datetime | None) -> None:
    assert [one.sequence for one in told] == list(range(1, len(told) + 1))
    of_clock: dict[UUID, list[Any]] = defaultdict(list)
    issued: Counter[UUID] = Counter()
    for one in told:
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
    for first, *signals in of_clock.values():
        assert isinstance(first, ClockStarted)
        if first.kind == "completeness":
            assert [type(fact) for fact in signals] in ([*SIGNALS[:number], ClockStopped] for number in range(4))
            continue
        kinds = [type(fact) for fact in signals]
        if stopped is None:
            assert kinds == SIGNALS
        else:
            assert kinds in ([*SIGNALS[:number], ClockStopped] for number in range(4))
            assert signals[-1].stopped_at == max(stopped, acceptance().accepted_at)  # not before it began
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
