"""What a complaint becomes: private facts, beside what the others are told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

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
from services.complaints.domain.complaint import Complaint, Paper


@dataclass(frozen=True, slots=True)
class Opened:
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class InvestigatorNamed:
    investigator: str


@dataclass(frozen=True, slots=True)
class Objected:
    pass


@dataclass(frozen=True, slots=True)
class EndKept:
    stage: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    paper: Paper


def evolve(complaint: Complaint | None, fact: Any) -> Complaint:
    """The complaint after a fact."""
    if isinstance(fact, Opened):
        return fact.complaint
    assert complaint is not None
    return replace(complaint, version=complaint.version + 1, **_changes(complaint, fact))


def _changes(complaint: Complaint, fact: Any) -> Mapping[str, Any]:
    match fact:
        case ComplaintLodged() | ComplaintRecused():
            return {}
        case Written(paper):
            return {"written": (*complaint.written, paper)}
        case EndKept(stage, due_at):
            return {"ends": {**complaint.ends, stage: due_at}}
        case ComplaintAccepted():
            return {"status": "accepted", "accepted_on": fact.accepted_on, "objected": False}
        case ComplaintRefused():
            return {"status": "refused", "refused_on": fact.refused_on}
        case Objected():
            return {"objected": True}
        case ComplaintTransferred():
            return {"handler_org": fact.handler_org, "objected": False, "ends": {}}
        case ComplaintExtended():
            return {"extended_by": fact.days}
        case InvestigatorNamed(investigator):
            return {"investigator": investigator}
        case ComplaintAssigned():
            return {"status": "assigned"}
        case ComplaintConcluded():
            return {"status": "concluded", "outcome": fact.outcome, "concluded_on": fact.concluded_on}
        case ComplaintReplied():
            return {"status": "replied", "replied_on": fact.replied_on}
        case ComplaintEscalated():
            past = (complaint.investigator,) if complaint.investigator else ()
            return {
                "level": fact.level,
                "handler_org": fact.handler_org,
                "status": "accepted",
                "escalated_on": fact.escalated_on,
                "investigator": None,
                "outcome": None,
                "concluded_on": None,
                "replied_on": None,
                "past_investigators": (*complaint.past_investigators, *past),
                "ends": {},
            }
    raise AssertionError(f"unknown fact {type(fact).__name__}")
