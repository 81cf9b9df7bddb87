"""From commands to outcomes, purely: many commands, each decided on the state its predecessors left."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events.parts import EventData
from bianmin.kit.refusals import Conflict


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it and what led to it. `chain` is the (source, subject) of the event that a command comes from."""

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
    """What a subject is now. `sequence` counts what was announced about it, gap-free from 1."""

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
    """It was not: a `Refusal`, or an error nobody expected. Nobody else in the batch is touched."""

    error: Exception


class Behind(Exception):
    """An earlier event of the same source and subject was not carried out, so this one has to wait for it."""


Outcome = Done | Refused


@dataclass(frozen=True, slots=True)
class Announcement:
    """A fact to be told to the others: the outbox makes an event of it."""

    subject: str
    sequence: int
    data: EventData
    by: Cause


@dataclass(slots=True)
class Work(Generic[K, S]):
    """What a batch of decisions comes to."""

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
    """Decide each command on the present state and evolve it by the facts decided.

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
