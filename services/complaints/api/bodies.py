"""The request bodies of complaints."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints, model_validator

from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintOutcome
from bianmin.kit.bodies import Body, Code, OrgCode, Short, Text

Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class SubjectIn(Body):
    """Whom a complaint is about."""

    org: OrgCode
    staff_id: Code | None = None
    case_id: UUID | None = None


class ComplainantIn(Body):
    """Who complains, in a complaint by name."""

    name: Short
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] | None = None
    id_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None


class LodgingIn(Body):
    """A complaint: anonymous without a complainant, or by name with one."""

    kind: ComplaintKind
    subject: SubjectIn
    anonymous: StrictBool = False
    complainant: ComplainantIn | None = None
    text: Long
    file_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)
    channel: ComplaintChannel = "mobile"

    @model_validator(mode="after")
    def _check_complainant(self) -> "LodgingIn":
        if self.anonymous and self.complainant is not None:
            raise ValueError("匿名投诉不要填写 complainant")
        if not self.anonymous and self.complainant is None:
            raise ValueError("实名投诉须填写 complainant；不愿留名的请选 anonymous")
        return self


class ComplaintAcceptanceIn(Body):
    """Nothing: the day of the acceptance is today."""


class ReasonIn(Body):
    """Why: the complainant or another org reads it."""

    reason: Text


class TransferIn(Body):
    """To which org, and why."""

    org: OrgCode
    reason: Text


class ComplaintExtensionIn(Body):
    """By how many days, and why."""

    days: Annotated[StrictInt, Field(ge=1, le=30)]
    reason: Text


class AssignmentIn(Body):
    """Who investigates: a staff id."""

    investigator: Code


class ConclusionIn(Body):
    """The conclusion: one of three outcomes, with facts, reasons and legal basis (信访工作条例 art. 32)."""

    outcome: ComplaintOutcome
    facts: Text
    reasons: Text
    legal_basis: Text


class ReplyIn(Body):
    """The reply to the complainant."""

    text: Text
