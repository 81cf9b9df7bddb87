"""Deciding commands: pure functions turn commands and states into facts, many commands at a time."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events.parts import EventData
from bianmin.kit.refusals import Conflict


@dataclass(frozen=True, slots=True)
class Cause:
    """The actor of a command, and the event or request that led to it. `chain`: (source, subject) of that event."""

    actor: Actor
    correlation: str | None = None
    causation: UUID | None = None
    trace: str | None = None
    chain: tuple[str, str] | None = None


class Command(Protocol):
    """What a service is asked to do."""

    @property
    def by(self) -> Cause:
        """Who asks, and which event or request was the cause."""


class State(Protocol):
    """The state of a subject. `sequence` counts the events announced about it, without gaps from 1."""

    @property
    def sequence(self) -> int:
        """The sequence of the last event announced about the subject; 0 before the first."""


S = TypeVar("S", bound=State)
K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Command)
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Done:
    """The command was carried out; `state` is what its subject became."""

    state: Any = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The command was refused, or failed with another error. The rest of the batch is not affected."""

    error: Exception


class Behind(Exception):
    """An earlier event of the same source and subject was not carried out, so this one has to wait for it."""


Outcome = Done | Refused


@dataclass(frozen=True, slots=True)
class Announcement:
    """A fact that other services need: the outbox makes an event of it."""

    subject: str
    sequence: int
    data: EventData
    by: Cause


@dataclass(slots=True)
class Work(Generic[K, S]):
    """The result of a batch: an outcome for each command, the changed states, the facts to announce."""

    outcomes: list[Outcome] = field(default_factory=list)
    changed: dict[K, S] = field(default_factory=dict)
    announced: list[Announcement] = field(default_factory=list)


def decide_all(
    states: dict[K, S],
    commands: Iterable[C],
    *,
    key: Callable[[C], K],
    subject: Callable[[K], str],
    decide: Callable[[S | None, C], Sequence[F]],
    evolve: Callable[[S | None, F], S],
) -> Work[K, S]:
    """Return the outcomes, changed states and announcements of the commands, each decided on the state left before it.

    Facts that are event data are announced, numbered by the subject's `sequence`; private facts only evolve.
    A command that is refused leaves no trace. `states` is brought up to date as it goes.
    """
    work: Work[K, S] = Work()
    stopped: set[tuple[str, str]] = set()
    for command in commands:
        chain = command.by.chain
        if chain in stopped:
            work.outcomes.append(Refused(Behind()))
            continue
        where = key(command)
        state = states.get(where)
        announced: list[Announcement] = []
        try:
            number = state.sequence if state is not None else 0
            for fact in decide(state, command):
                state = evolve(state, fact)
                if isinstance(fact, EventData):
                    number += 1
                    announced.append(Announcement(subject(where), number, fact, command.by))
            if state is not None and state.sequence != number:
                state = replace(state, sequence=number)  # type: ignore[type-var]
        except Exception as error:
            if chain is not None and not isinstance(error, Conflict):
                stopped.add(chain)
            work.outcomes.append(Refused(error))
            continue
        if state is not None and state is not states.get(where):
            states[where] = work.changed[where] = state
        work.announced += announced
        work.outcomes.append(Done(state))
    return work
