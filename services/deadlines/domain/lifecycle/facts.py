"""What is decided about a subject: private facts, announced events, and the subject after each of them."""

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, assert_never
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.deadlines import (
    CardAppealed,
    CardIssued,
    CardRevoked,
    CardUpheld,
    ClockExtended,
    ClockLampTurned,
    ClockPaused,
    ClockRed,
    ClockReminded,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
)
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.domain.lifecycle.subject import Phase, Subject
from services.deadlines.domain.terms.term import ItemTerms


@dataclass(frozen=True, slots=True)
class SubjectOpened:
    """Deadlines knows the subject from now on."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class ItemRecorded:
    """The terms of the item are known from now on."""

    item: ItemTerms


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The subject has reached another phase."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class HoldersChanged:
    """Other offices hold the case; `holders` names all of them."""

    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class CycleStarted:
    """The case was reopened: clocks that start from now on belong to this cycle."""

    cycle: int


@dataclass(frozen=True, slots=True)
class PauseChanged:
    """A pause of the subject has started or ended; `pause` replaces the one of its id."""

    pause: SubjectPause


@dataclass(frozen=True, slots=True)
class HandlingChanged:
    """Another organ handles the complaint, or other staff are recused from it."""

    handling: ComplaintParties


@dataclass(frozen=True, slots=True)
class ClockChanged:
    """A clock has started or changed; `clock` replaces the one of its id."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card was issued or has changed; `card` replaces the one of its id."""

    card: Card


PrivateFact = (
    SubjectOpened
    | ItemRecorded
    | PhaseChanged
    | HoldersChanged
    | CycleStarted
    | PauseChanged
    | HandlingChanged
    | ClockChanged
    | CardChanged
)
Announced = (
    ClockStarted
    | ClockPaused
    | ClockResumed
    | ClockExtended
    | ClockRescheduled
    | ClockReminded
    | ClockYellow
    | ClockRed
    | ClockLampTurned
    | ClockStopped
    | CardIssued
    | CardAppealed
    | CardUpheld
    | CardRevoked
)
"""Events for the other services. They change nothing here: a private fact beside each says what has changed."""

Fact = PrivateFact | Announced


def evolve(subject: Subject | None, fact: Fact) -> Subject:
    """Return the subject after `fact`. Only `SubjectOpened` may come first."""
    if isinstance(fact, SubjectOpened):
        return fact.subject
    assert subject is not None, "the first fact opens the subject"
    match fact:
        case ClockChanged(clock):
            return replace(subject, clocks=_put(subject.clocks, clock))
        case CardChanged(card):
            return replace(subject, cards=_put(subject.cards, card))
        case ItemRecorded(item):
            return replace(subject, item=item)
        case PhaseChanged(phase):
            return replace(subject, phase=phase)
        case HoldersChanged(holders):
            assert isinstance(subject.reach, Reach), "only cases have holders"
            return replace(subject, reach=replace(subject.reach, holders=holders))
        case CycleStarted(cycle):
            return replace(subject, cycle=cycle)
        case PauseChanged(pause):
            return replace(subject, pauses=_put(subject.pauses, pause))
        case HandlingChanged(handling):
            return replace(subject, reach=handling)
        case (
            ClockStarted()
            | ClockPaused()
            | ClockResumed()
            | ClockExtended()
            | ClockRescheduled()
            | ClockReminded()
            | ClockYellow()
            | ClockRed()
            | ClockLampTurned()
            | ClockStopped()
            | CardIssued()
            | CardAppealed()
            | CardUpheld()
            | CardRevoked()
        ):
            return subject
    assert_never(fact)


class _Identified(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_Identified)


def _put(known: tuple[T, ...], changed: T) -> tuple[T, ...]:
    """Return `known` with the element of the same id replaced by `changed`, or with `changed` added at the end."""
    if any(element.id == changed.id for element in known):
        return tuple(changed if element.id == changed.id else element for element in known)
    return (*known, changed)
