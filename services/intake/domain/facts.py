"""The facts of a case: those that only intake knows and those it announces, and the case after each of them."""

from dataclasses import dataclass, replace
from typing import assert_never

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
    RefusalAnswered,
    RefusalFiled,
    SupplementRequested,
    WithdrawalRequested,
)
from services.intake.domain.case import Case
from services.intake.domain.case_parts import CaseRefusal, Notice, RefusalFiling, SubmittedMaterial


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case exists from now on."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseUpdated:
    """An event of another service changed the case: `case` is the case after it."""

    case: Case


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """The applicant was given a notice. `named`: the numbers it is about; they have to be handed in again."""

    notice: Notice
    named: frozenset[int]


@dataclass(frozen=True, slots=True)
class MaterialsSubmitted:
    """The applicant handed in materials."""

    materials: tuple[SubmittedMaterial, ...]


@dataclass(frozen=True, slots=True)
class WithdrawalReasonGiven:
    """The applicant said why he withdraws."""

    reason: str


@dataclass(frozen=True, slots=True)
class RefusalGiven:
    """The organ stated its refusal in full; `CaseRefused` announces it without the text."""

    refusal: CaseRefusal


@dataclass(frozen=True, slots=True)
class RefusalFilingChanged:
    """A filing of a refusal in its new state: filed or answered."""

    filing: RefusalFiling


Fact = (
    CaseOpened
    | CaseUpdated
    | NoticeGiven
    | MaterialsSubmitted
    | WithdrawalReasonGiven
    | RefusalGiven
    | RefusalFilingChanged
    | RefusalFiled
    | RefusalAnswered
    | CaseRegistered
    | SupplementRequested
    | CaseSupplemented
    | CaseAccepted
    | CaseDeemedAccepted
    | DeemingCorrected
    | CaseLapsed
    | LapseCorrected
    | CaseRefused
    | CaseWithdrawn
    | WithdrawalRequested
)


def evolve(case: Case | None, fact: Fact) -> Case:
    """Return the case after a fact. Every fact after the registration raises its version by one."""
    if isinstance(fact, CaseOpened | CaseUpdated):
        return fact.case
    assert case is not None, "a case starts with CaseOpened"
    match fact:
        case CaseRegistered() | RefusalFiled() | RefusalAnswered():
            return case  # they announce what the private fact before them has set
        case RefusalFilingChanged(filing):
            return case.with_changes(refusal_filing=filing)
        case NoticeGiven(notice, named):
            remaining = tuple(material for material in case.submitted if material.no not in named)
            return case.with_changes(notice=notice, submitted=remaining)
        case SupplementRequested():
            return case.with_changes(status="supplement_requested")
        case MaterialsSubmitted(materials):
            replaced = {material.no for material in materials}
            others = tuple(material for material in case.submitted if material.no not in replaced)
            return case.with_changes(submitted=(*others, *materials))
        case CaseSupplemented():
            if fact.missing or case.status != "supplement_requested":
                return case.with_changes()
            return case.with_changes(status="registered", received_on=fact.received_on)
        case CaseAccepted():
            return _without_open_filing(case.with_changes(status="accepted", accepted_on=fact.accepted_on))
        case CaseDeemedAccepted():
            accepted = case.with_changes(status="accepted", accepted_on=fact.accepted_on, deemed=True)
            return _without_open_filing(accepted)
        case DeemingCorrected():
            return case.with_changes(status="registered", accepted_on=None, deemed=False, holders=())
        case CaseLapsed():
            return _without_open_filing(case.with_changes(status="closed", closed_on=fact.lapsed_on))
        case LapseCorrected():
            return case.with_changes(status="supplement_requested", closed_on=None)
        case RefusalGiven(refusal):
            return case.with_changes(refusal=refusal)
        case CaseRefused():
            return case.with_changes(status="refused", closed_on=fact.refused_on)
        case WithdrawalReasonGiven(reason):
            return case.with_changes(withdrawal_reason=reason)
        case CaseWithdrawn():
            return _without_open_filing(case.with_changes(status="withdrawn", closed_on=fact.withdrawn_on))
        case WithdrawalRequested():
            return case.with_changes(withdrawal_pending=True)
    assert_never(fact)


def _without_open_filing(case: Case) -> Case:
    """The case, in which a filing that nobody has answered has lapsed."""
    filing = case.refusal_filing
    if filing is None or filing.status != "filed":
        return case
    return replace(case, refusal_filing=replace(filing, status="lapsed"))
