"""Lodging a complaint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.domain.complaint_access import first_handler
from bianmin.events.complaints import ComplaintLodged
from bianmin.events.parts import ComplaintChannel, ComplaintKind
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import FieldError, Invalid
from services.complaints.domain.complaint import Complaint, Submission
from services.complaints.domain.facts import ComplaintOpened, Fact, event_parties


class ComplaintOrgUnknown(Invalid):
    """Raised when routing announced no org of that code."""

    slug, title = "org-unknown", "没有这个机构"


@dataclass(frozen=True, slots=True)
class LodgeComplaint:
    """Register a complaint, report, suggestion or praise; anybody may, also without a name (信访工作条例 art. 22).

    The handler fills in `org_known`, whether routing announced the accused org; `case_staff`, the ids of the staff who
    worked on the case so far; `awaits_case`, whether no event of the case has arrived; and `accused_staff_org`.
    """

    complaint_id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    accused_org: str
    accused_staff: str | None
    case_id: UUID | None
    submission: Submission
    lodged_on: date
    by: Cause
    org_known: bool = False
    case_staff: frozenset[str] = frozenset()
    awaits_case: bool = False
    accused_staff_org: str | None = None


def lodge(command: LodgeComplaint) -> Sequence[Fact]:
    """Return the facts of a new complaint. Raises ComplaintOrgUnknown."""
    check_org_known(command.org_known, "/subject/org")
    complaint = Complaint(
        id=command.complaint_id,
        complaint_no=command.complaint_no,
        kind=command.kind,
        channel=command.channel,
        anonymous=command.anonymous,
        accused_org=command.accused_org,
        accused_staff=command.accused_staff,
        case_id=command.case_id,
        handler_org=first_handler(command.accused_org, command.accused_staff_org),
        lodged_on=command.lodged_on,
        case_staff=command.case_staff,
        awaits_case=command.awaits_case,
        accused_staff_org=command.accused_staff_org,
        submission=command.submission,
    )
    lodged = ComplaintLodged(
        **event_parties(complaint),
        complaint_no=complaint.complaint_no,
        kind=complaint.kind,
        channel=complaint.channel,
        anonymous=complaint.anonymous,
        case_id=complaint.case_id,
        lodged_on=complaint.lodged_on,
    )
    return [ComplaintOpened(complaint), lodged]


def check_org_known(known: bool, pointer: str) -> None:
    """Check that routing announced the org in the field at `pointer`. Raises ComplaintOrgUnknown."""
    if not known:
        error = FieldError(pointer, "org_unknown", "没有这个机构")
        raise ComplaintOrgUnknown("没有这个机构；请核对单位的区划代码。", errors=[error])
