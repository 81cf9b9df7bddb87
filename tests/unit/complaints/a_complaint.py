"""Builders of complaints: in any status, with the people who act on them."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.kit.decide import Cause
from services.complaints.domain.acceptance import AcceptComplaint
from services.complaints.domain.complaint import Complaint, Submission
from services.complaints.domain.decide import Command, decide
from services.complaints.domain.facts import evolve
from services.complaints.domain.investigation import AssignInvestigator, ConcludeComplaint, ReplyToComplaint
from services.complaints.domain.lodging import LodgeComplaint

ID = UUID("01a207d3-afdc-7702-b13c-1d53a94d0e25")
DAY = date(2026, 3, 2)
ACCUSED, COUNTY = "520111101", "520111"


def by(staff: str = "inv", org: str = COUNTY, role: str = "investigator", dept: str | None = None) -> Cause:
    """Return the cause of a command by a member of staff."""
    return Cause(Actor(staff, org, frozenset({role}), dept))


HEAD = by("head", role="manager")
LODGING = LodgeComplaint(
    complaint_id=ID,
    complaint_no="TS1",
    kind="complaint",
    channel="mobile",
    anonymous=True,
    accused_org=ACCUSED,
    accused_staff="bad",
    case_id=None,
    submission=Submission(b"", None, b""),
    lodged_on=DAY,
    by=by(),
    org_known=True,
)


def assignment(investigator: str, cause: Cause = HEAD, org: str = COUNTY) -> AssignInvestigator:
    """Return the command to have a known investigator of an org investigate."""
    member = by(investigator, org).actor
    return AssignInvestigator(ID, investigator, cause, member)


def a_complaint(**changes: Any) -> Complaint:
    """Return a complaint that was lodged about `bad` at the accused org."""
    return replace(after(None, LODGING), **changes)


def after(complaint: Complaint | None, *commands: Command) -> Complaint:
    """Return the complaint after these commands."""
    for command in commands:
        for fact in decide(complaint, command):
            complaint = evolve(complaint, fact)
    assert complaint is not None
    return complaint


def a_complaint_in(status: str, **changes: Any) -> Complaint:
    """Return a complaint that has come to this status."""
    complaint = a_complaint(**changes)
    steps: dict[str, Command] = {
        "accepted": AcceptComplaint(ID, DAY, HEAD),
        "assigned": assignment("inv"),
        "concluded": ConcludeComplaint(ID, "supported", b"", DAY, by("inv")),
        "replied": ReplyToComplaint(ID, b"", DAY, by("inv")),
    }
    for reached, command in steps.items():
        if complaint.status == status:
            break
        complaint = after(complaint, command)
        assert complaint.status == reached
    return complaint
