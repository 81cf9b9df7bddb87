"""The facts of a complaint, private and announced, and what each makes of its state."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict, assert_never

from bianmin.events.complaints import (
    ComplaintAccepted,
    ComplaintAssigned,
    ComplaintConcluded,
    ComplaintEscalated,
    ComplaintExtended,
    ComplaintLodged,
    ComplaintRecused,
    ComplaintRefused,
    ComplaintReplied,
    ComplaintTransferred,
)
from bianmin.kit.decide import Cause
from services.complaints.domain.complaint import Complaint, Paper, PaperKind


@dataclass(frozen=True, slots=True)
class ComplaintOpened:
    """A complaint exists from now on."""

    complaint: Complaint


@dataclass(frozen=True, slots=True)
class InvestigatorNamed:
    """A person investigates it from now on; events name no person."""

    investigator: str


@dataclass(frozen=True, slots=True)
class AccusedStaffLocated:
    """Routing announced the accused person's own org."""

    org: str


@dataclass(frozen=True, slots=True)
class ObjectionRaised:
    """The handling org says that another org is responsible."""


@dataclass(frozen=True, slots=True)
class PeriodEndRecorded:
    """A period of it ends at `due_at`."""

    stage: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PaperAdded:
    """A document was added to its file."""

    paper: Paper


Fact = (
    ComplaintOpened
    | InvestigatorNamed
    | AccusedStaffLocated
    | ObjectionRaised
    | PeriodEndRecorded
    | PaperAdded
    | ComplaintLodged
    | ComplaintRecused
    | ComplaintAccepted
    | ComplaintRefused
    | ComplaintTransferred
    | ComplaintExtended
    | ComplaintAssigned
    | ComplaintConcluded
    | ComplaintReplied
    | ComplaintEscalated
)


class EventParties(TypedDict):
    """The fields that every event of a complaint has."""

    handler_org: str
    accused_org: str
    recused: tuple[str, ...]
    awaits_case: bool


def event_parties(complaint: Complaint) -> EventParties:
    """Return the fields that every event of a complaint has."""
    return {
        "handler_org": complaint.handler_org,
        "accused_org": complaint.accused_org,
        "recused": complaint.recused,
        "awaits_case": complaint.awaits_case,
    }


def paper_added(complaint: Complaint, kind: PaperKind, content: bytes, on: date, by: Cause) -> PaperAdded:
    """Return the fact that a document is added to the file, at the present level of the complaint."""
    return PaperAdded(Paper(kind, complaint.level, on, by.actor.id, content))


def evolve(complaint: Complaint | None, fact: Fact) -> Complaint:
    """Return the complaint after a fact; every fact but the first counts in its version."""
    if isinstance(fact, ComplaintOpened):
        return fact.complaint
    assert complaint is not None
    return replace(_after(complaint, fact), version=complaint.version + 1)


def _after(complaint: Complaint, fact: Fact) -> Complaint:
    match fact:
        case ComplaintOpened(complaint=opened):
            return opened
        case ComplaintLodged():
            return complaint
        case ComplaintRecused(awaits_case=awaits_case):
            return replace(complaint, awaits_case=awaits_case)
        case AccusedStaffLocated(org):
            return replace(complaint, accused_staff_org=org)
        case PaperAdded(paper):
            return replace(complaint, new_papers=(*complaint.new_papers, paper))
        case PeriodEndRecorded(stage, due_at):
            return replace(complaint, ends={**complaint.ends, stage: due_at})
        case ComplaintAccepted(accepted_on=day):
            return replace(complaint, status="accepted", accepted_on=day, objected=False)
        case ComplaintRefused(refused_on=day):
            return replace(complaint, status="refused", refused_on=day)
        case ObjectionRaised():
            return replace(complaint, objected=True)
        case ComplaintTransferred(handler_org=org):
            return replace(complaint, handler_org=org, objected=False, ends={})
        case ComplaintExtended(days=days):
            return replace(complaint, extended_by=days)
        case InvestigatorNamed(investigator):
            return replace(complaint, investigator=investigator)
        case ComplaintAssigned():
            return replace(complaint, status="assigned")
        case ComplaintConcluded(outcome=outcome, concluded_on=day):
            return replace(complaint, status="concluded", outcome=outcome, concluded_on=day)
        case ComplaintReplied(replied_on=day):
            return replace(complaint, status="replied", replied_on=day)
        case ComplaintEscalated():
            return _escalated(complaint, fact)
    assert_never(fact)


def _escalated(complaint: Complaint, fact: ComplaintEscalated) -> Complaint:
    before = (complaint.investigator,) if complaint.investigator else ()
    return replace(
        complaint,
        level=fact.level,
        handler_org=fact.handler_org,
        status="accepted",
        escalated_on=fact.escalated_on,
        investigator=None,
        outcome=None,
        concluded_on=None,
        replied_on=None,
        past_investigators=(*complaint.past_investigators, *before),
        ends={},
    )
