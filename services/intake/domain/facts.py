"""What becomes of a case: the facts that only intake knows, and the case after each fact. Events are facts as well."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bianmin.events.intake import (
    CaseAccepted,
    CaseDeemedAccepted,
    CaseLapsed,
    CaseRefused,
    CaseRegistered,
    CaseSupplemented,
    CaseWithdrawn,
    DeemingCorrected,
    LapseCorrected,
    SupplementRequested,
    WithdrawalRequested,
)
from services.intake.domain.case import Brought, Case, Notice, Refusal


@dataclass(frozen=True, slots=True)
class Opened:
    case: Case


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """`named`: the numbers that this notice is about, though they may have been brought before."""

    notice: Notice
    named: frozenset[int]


@dataclass(frozen=True, slots=True)
class MaterialsBrought:
    brought: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class WithdrawalAsked:
    reason: str


@dataclass(frozen=True, slots=True)
class RefusalGiven:
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Followed:
    """Fields of the case that another service's event moved."""

    changes: Mapping[str, Any]


def evolve(case: Case | None, fact: Any) -> Case:
    """The case after a fact."""
    if isinstance(fact, Opened):
        return fact.case
    assert case is not None
    if isinstance(fact, CaseRegistered):
        return case  # it tells what was opened
    return replace(case, version=case.version + 1, **_changes(case, fact))


def _changes(case: Case, fact: Any) -> Mapping[str, Any]:
    match fact:
        case NoticeGiven(notice, named):
            return {"notice": notice, "brought": tuple(one for one in case.brought if one.no not in named)}
        case SupplementRequested():
            return {"status": "supplement_requested"}
        case MaterialsBrought(brought):
            new = {one.no for one in brought}
            return {"brought": (*(one for one in case.brought if one.no not in new), *brought)}
        case CaseSupplemented():
            if fact.missing or case.status != "supplement_requested":
                return {}
            return {"status": "registered", "received_on": fact.received_on}
        case CaseAccepted():
            return {"status": "accepted", "accepted_on": fact.accepted_on}
        case CaseDeemedAccepted():
            return {"status": "accepted", "accepted_on": fact.accepted_on, "deemed": True}
        case DeemingCorrected():
            return {"status": "registered", "accepted_on": None, "deemed": False, "holders": ()}
        case CaseLapsed():
            return {"status": "closed", "closed_on": fact.lapsed_on}
        case LapseCorrected():
            return {"status": "supplement_requested", "closed_on": None}
        case RefusalGiven(refusal):
            return {"refusal": refusal}
        case CaseRefused():
            return {"status": "refused", "closed_on": fact.refused_on}
        case WithdrawalAsked(reason):
            return {"withdrawal_reason": reason}
        case CaseWithdrawn():
            return {"status": "withdrawn", "closed_on": fact.withdrawn_on}
        case WithdrawalRequested():
            return {"withdrawal_pending": True}
        case Followed(changes):
            return changes
    raise AssertionError(f"unknown fact {type(fact).__name__}")
