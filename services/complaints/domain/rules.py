"""What may be done with a complaint, by whom, and what it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bianmin.events.complaints import (
    ComplaintAccepted,
    ComplaintAssigned,
    ComplaintConcluded,
    ComplaintLodged,
    ComplaintRecused,
    ComplaintReplied,
)
from bianmin.kit.access import handles_complaints
from bianmin.kit.actors import Actor
from bianmin.kit.codes import parent_of
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.complaints.domain.complaint import Accept, Assign, Command, Complaint, Conclude, Lodge, Recuse, Reply


@dataclass(frozen=True, slots=True)
class Opened:
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class InvestigatorNamed:
    investigator: str


class ComplaintNotFound(NotFound):
    slug, title = "complaint-not-found", "没有这件投诉"


class NotTheInvestigator(Forbidden):
    slug, title = "not-the-investigator", "不是承办的调查员"


class WrongStatus(Conflict):
    slug, title = "complaint-wrong-status", "当前状态不能办理"


class NotImpartial(Conflict):
    slug, title = "not-impartial", "不能由此人调查"


class OrgUnknown(Invalid):
    slug, title = "org-unknown", "没有这个机构"


def admit(order: Lodge, known_orgs: frozenset[str]) -> None:
    """Whether the accused org exists."""
    if order.accused_org not in known_orgs:
        where = FieldError("/subject/org", "org_unknown", "没有这个机构")
        raise OrgUnknown("没有这个机构；请核对被投诉单位的区划代码。", errors=[where])


def handler_of(accused_org: str) -> str:
    """One level up; the province handles its own."""
    return parent_of(accused_org) or accused_org


def may_see(actor: Actor, complaint: Complaint) -> bool:
    """Who handles complaints at or above the handling org. Never the accused, their unit, or who has an interest.

    信访工作条例 art. 28 (recusal), 30 (nothing reaches the person or unit accused).
    """
    if not handles_complaints(actor) or not complaint.handler_org.startswith(actor.org):
        return False
    return not recused(actor.id, complaint) and not _of_the_accused_unit(actor.org, complaint)


def _of_the_accused_unit(org: str, complaint: Complaint) -> bool:
    return org.startswith(complaint.accused_org) and complaint.accused_org != complaint.handler_org


def recused(staff: str, complaint: Complaint) -> bool:
    return staff == complaint.accused_staff or staff in complaint.parties


def decide(complaint: Complaint | None, command: Command) -> Sequence[object]:
    """The facts a command makes of a complaint. Who may not see it gets the answer of one that does not exist."""
    if isinstance(command, Lodge):
        return _lodge(command)
    if isinstance(command, Recuse):
        assert complaint is not None, "somebody had a hand in the case of a complaint that is there"
        return [ComplaintRecused(**_told(complaint))]
    if complaint is None or not may_see(command.by.actor, complaint):
        raise ComplaintNotFound("没有这件投诉；请核对编号。")
    told = _told(complaint)
    match command:
        case Accept():
            _in(complaint, "lodged", "已经受理过了")
            return [ComplaintAccepted(**told, kind=complaint.kind, accepted_on=command.accepted_on)]
        case Assign():
            if complaint.status == "lodged":
                raise WrongStatus("请先受理，再指定调查员。")
            if complaint.status not in ("accepted", "assigned"):
                raise WrongStatus("已有结论，不能再指定调查员。")
            if recused(command.investigator, complaint):
                raise NotImpartial("此人与本件有利害关系，应当回避；请另指定调查员。")
            if command.investigator == complaint.investigator:
                return []
            return [InvestigatorNamed(command.investigator), ComplaintAssigned(**told)]
        case Conclude():
            _in(complaint, "assigned", "指定调查员后、作出结论前才能提交结论")
            if command.by.actor.id != complaint.investigator:
                raise NotTheInvestigator("结论由承办的调查员提交。")
            return [ComplaintConcluded(**told, outcome=command.outcome, concluded_on=command.concluded_on)]
        case Reply():
            _in(complaint, "concluded", "有结论而未答复时才能答复")
            return [ComplaintReplied(**told, replied_on=command.replied_on)]
    assert_never(command)


def _lodge(order: Lodge) -> Sequence[object]:
    complaint = Complaint(
        id=order.complaint_id,
        complaint_no=order.complaint_no,
        kind=order.kind,
        channel=order.channel,
        anonymous=order.anonymous,
        accused_org=order.accused_org,
        accused_staff=order.accused_staff,
        case_id=order.case_id,
        handler_org=handler_of(order.accused_org),
        lodged_on=order.lodged_on,
        parties=order.parties,
    )
    return [
        Opened(complaint),
        ComplaintLodged(
            **_told(complaint),
            complaint_no=complaint.complaint_no,
            kind=complaint.kind,
            channel=complaint.channel,
            anonymous=complaint.anonymous,
            case_id=complaint.case_id,
            lodged_on=complaint.lodged_on,
        ),
    ]


def _told(complaint: Complaint) -> dict[str, Any]:
    """What every event says of a complaint."""
    kept_away = complaint.parties | ({complaint.accused_staff} if complaint.accused_staff else set())
    return {
        "handler_org": complaint.handler_org,
        "accused_org": complaint.accused_org,
        "recused": tuple(sorted(kept_away)),
    }


def _in(complaint: Complaint, status: str, told: str) -> None:
    if complaint.status != status:
        raise WrongStatus(f"{told}；这件投诉{STATUS_NAMES[complaint.status]}。")


STATUS_NAMES: Mapping[str, str] = {
    "lodged": "已登记",
    "accepted": "已受理",
    "assigned": "调查中",
    "concluded": "已有结论",
    "replied": "已答复",
}


def evolve(complaint: Complaint | None, fact: Any) -> Complaint:
    """The complaint after a fact."""
    if isinstance(fact, Opened):
        return fact.complaint
    assert complaint is not None
    return replace(complaint, version=complaint.version + 1, **_changes(fact))


def _changes(fact: Any) -> Mapping[str, Any]:
    match fact:
        case ComplaintLodged() | ComplaintRecused():
            return {}
        case ComplaintAccepted():
            return {"status": "accepted", "accepted_on": fact.accepted_on}
        case InvestigatorNamed(investigator):
            return {"investigator": investigator}
        case ComplaintAssigned():
            return {"status": "assigned"}
        case ComplaintConcluded():
            return {"status": "concluded", "outcome": fact.outcome, "concluded_on": fact.concluded_on}
        case ComplaintReplied():
            return {"status": "replied", "replied_on": fact.replied_on}
    raise AssertionError(f"unknown fact {type(fact).__name__}")
