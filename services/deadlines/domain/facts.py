"""What a matter and its clocks become: private facts, beside what the others are told."""

from dataclasses import dataclass, replace
from typing import Any

from bianmin.domain.access import Holder, Reach
from bianmin.events.parts import EventData
from services.deadlines.domain.cards import CardKept
from services.deadlines.domain.clock import Clock, Standstill
from services.deadlines.domain.subject import Phase, Subject
from services.deadlines.domain.visibility import Handling


@dataclass(frozen=True, slots=True)
class Opened:
    subject: Subject


@dataclass(frozen=True, slots=True)
class Entered:
    phase: Phase


@dataclass(frozen=True, slots=True)
class HoldersMoved:
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class CycleBegun:
    cycle: int


@dataclass(frozen=True, slots=True)
class StandstillKept:
    """A pause as it begins, and as it ends."""

    standstill: Standstill


@dataclass(frozen=True, slots=True)
class KeptAway:
    handling: Handling


@dataclass(frozen=True, slots=True)
class ClockSet:
    """A clock as it starts, and after each change."""

    clock: Clock


def evolve(subject: Subject | None, fact: object) -> Subject:
    """The matter after a fact."""
    if isinstance(fact, Opened):
        return fact.subject
    assert subject is not None
    return replace(subject, **_changes(subject, fact))


def _changes(subject: Subject, fact: object) -> dict[str, Any]:
    match fact:
        case Entered(phase):
            return {"phase": phase}
        case HoldersMoved(holders):
            assert isinstance(subject.reach, Reach)
            return {"reach": replace(subject.reach, holders=holders)}
        case CycleBegun(cycle):
            return {"cycle": cycle}
        case StandstillKept(standstill):
            return {"standstills": _put(subject.standstills, standstill)}
        case KeptAway(handling):
            return {"reach": handling}
        case CardKept(card):
            return {"cards": _put(subject.cards, card)}
        case ClockSet(clock):
            return {"clocks": _put(subject.clocks, clock)}
        case EventData():
            return {}
    raise AssertionError(f"unknown fact {type(fact).__name__}")


def _put(known: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """With the one that has its id replaced, or added."""
    if any(each.id == one.id for each in known):
        return tuple(one if each.id == one.id else each for each in known)
    return (*known, one)
