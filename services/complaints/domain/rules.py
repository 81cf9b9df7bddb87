"""What may be done with a complaint, by whom, and what it becomes."""

from collections.abc import Sequence
from typing import assert_never

from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.events.complaints import (
    ComplaintAccepted,
    ComplaintAssigned,
    ComplaintConcluded,
    ComplaintLodged,
    ComplaintRecused,
    ComplaintRefused,
    ComplaintReplied,
)
from bianmin.kit.refusals import FieldError, Forbidden, Invalid, NotFound
from services.complaints.domain.complaint import (
    Accept,
    Assign,
    Command,
    Complaint,
    Conclude,
    Escalate,
    Extend,
    KeepEnd,
    Lodge,
    Object,
    Recuse,
    Refuse,
    Reply,
    Transfer,
)
from services.complaints.domain.facts import EndKept, InvestigatorNamed, Opened
from services.complaints.domain.handing_on import escalate, extend, object_to, transfer
from services.complaints.domain.recusal import NotImpartial, may_investigate
from services.complaints.domain.status import STATUS_NAMES, WrongStatus, check_status, told_of, written


class ComplaintNotFound(NotFound):
    slug, title = "complaint-not-found", "没有这件投诉"


class NotTheInvestigator(Forbidden):
    slug, title = "not-the-investigator", "不是承办的调查员"


class OrgUnknown(Invalid):
    slug, title = "org-unknown", "没有这个机构"


def admit(order: Lodge | Transfer, known_orgs: frozenset[str]) -> None:
    """Whether the org exists that is accused, or is to have it."""
    org, pointer = (order.accused_org, "/subject/org") if isinstance(order, Lodge) else (order.to_org, "/org")
    if org not in known_orgs:
        where = FieldError(pointer, "org_unknown", "没有这个机构")
        raise OrgUnknown("没有这个机构；请核对单位的区划代码。", errors=[where])


def decide(complaint: Complaint | None, command: Command) -> Sequence[object]:
    """The facts a command makes of a complaint. Who may not see it gets the answer of one that does not exist."""
    if isinstance(command, Lodge):
        return _lodge(command)
    if isinstance(command, Recuse):
        assert complaint is not None, "somebody had a hand in the case of a complaint that is there"
        return [ComplaintRecused(**told_of(complaint))]
    if isinstance(command, KeepEnd):
        kept = complaint is not None and complaint.ends.get(command.stage) != command.due_at
        return [EndKept(command.stage, command.due_at)] if kept else []
    if complaint is None or not may_see_complaint(command.by.actor, complaint.parties):
        raise ComplaintNotFound("没有这件投诉；请核对编号。")
    told = told_of(complaint)
    match command:
        case Accept():
            check_status(complaint, "lodged", "已经受理过了")
            return [ComplaintAccepted(**told, kind=complaint.kind, accepted_on=command.accepted_on)]
        case Refuse(refused_on=on):
            check_status(complaint, "lodged", "只有尚未受理的才能不予受理")
            refused = ComplaintRefused(**told, kind=complaint.kind, refused_on=on)
            return [written(complaint, "refusal", command.reason, on, command.by), refused]
        case Object():
            return object_to(complaint, command)
        case Transfer():
            return transfer(complaint, command)
        case Extend():
            return extend(complaint, command)
        case Assign():
            return _assign(complaint, command)
        case Conclude(outcome=outcome, concluded_on=on):
            check_status(complaint, "assigned", "指定调查员后、作出结论前才能提交结论")
            if command.by.actor.id != complaint.investigator:
                raise NotTheInvestigator("结论由承办的调查员提交。")
            concluded = ComplaintConcluded(**told, outcome=outcome, concluded_on=on, level=complaint.level)
            return [written(complaint, "document", command.document, on, command.by), concluded]
        case Reply(replied_on=on):
            check_status(complaint, "concluded", "有结论而未答复时才能答复")
            replied = ComplaintReplied(**told, replied_on=on, kind=complaint.kind, level=complaint.level)
            return [written(complaint, "reply", command.text, on, command.by), replied]
        case Escalate():
            return escalate(complaint, command)
    assert_never(command)


def _assign(complaint: Complaint, command: Assign) -> Sequence[object]:
    if complaint.status == "lodged":
        raise WrongStatus("请先受理，再指定调查员。")
    if complaint.status not in ("accepted", "assigned"):
        raise WrongStatus(f"受理之后、有结论之前才能指定调查员；这件投诉{STATUS_NAMES[complaint.status]}。")
    if not may_investigate(command.investigator, complaint):
        raise NotImpartial("此人与本件有利害关系，或调查过本件，应当回避；请另指定调查员。")
    if command.investigator == complaint.investigator:
        return []
    return [InvestigatorNamed(command.investigator), ComplaintAssigned(**told_of(complaint))]


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
        handler_org=first_handler(order.accused_org),
        lodged_on=order.lodged_on,
        case_staff=order.case_staff,
    )
    return [
        Opened(complaint),
        ComplaintLodged(
            **told_of(complaint),
            complaint_no=complaint.complaint_no,
            kind=complaint.kind,
            channel=complaint.channel,
            anonymous=complaint.anonymous,
            case_id=complaint.case_id,
            lodged_on=complaint.lodged_on,
        ),
    ]
