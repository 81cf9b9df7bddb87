"""What is sent to routing."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from bianmin.domain import codes
from bianmin.events.parts import Delivery, Dept, Opinion, OrgLevel, ProcedureKind
from bianmin.kit.bodies import Body, Code, Short, Text
from services.routing.domain.staff import StaffRole


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("含有换行或其他控制字符")
    return text


def _distinct(roles: list[StaffRole]) -> list[StaffRole]:
    if len(set(roles)) != len(roles):
        raise ValueError("同一角色只填一次")
    return roles


Name = Annotated[Short, AfterValidator(_printable)]
Phone = Annotated[str, StringConstraints(max_length=30), AfterValidator(codes.phone)]
Roles = Annotated[list[StaffRole], Field(min_length=1, max_length=7), AfterValidator(_distinct)]


class Nothing(Body):
    """Acts that say everything by being done."""


class OrgIn(Body):
    """`PUT /orgs/{code}`. What a GET showed may be sent back: its read-only fields are ignored.

    `level` follows from the code; where it is sent, it has to agree.
    """

    name: Name
    level: OrgLevel | None = None
    code: Any = None
    parent: Any = None
    offices: Any = None


class DivisionIn(Body):
    """One org of an import in JSON. What it says is judged with the others, so that every fault is told."""

    code: Annotated[str, StringConstraints(strip_whitespace=True)]
    level: Annotated[str, StringConstraints(strip_whitespace=True)]
    name: Annotated[str, StringConstraints(strip_whitespace=True)]


class OfficeIn(Body):
    dept: Dept
    name: Name
    phone: Phone | None = None


class StaffIn(Body):
    """`id` is the `sub` of the member's tokens; without one, a new one is made."""

    id: Code | None = None
    name: Name
    roles: Roles
    dept: Dept | None = None
    phone: Phone | None = None


class CompletionIn(Body):
    """`reason_code` and `legal_basis` are needed to deny."""

    opinion: Opinion
    note: Text | None = None
    reason_code: Code | None = None
    legal_basis: Text | None = None


class ReturnIn(Body):
    reason: Text


class DeliveryIn(Body):
    """`signed_by`: the name of who signed for the result."""

    method: Delivery
    signed_by: Name


class ProcedureIn(Body):
    """`expected_days`: how many working days it takes, as the applicant is told (行政许可法 art. 45)."""

    kind: ProcedureKind
    expected_days: Annotated[int, Field(ge=1, le=365)]
    reason: Text


class ExtensionIn(Body):
    """`days`: in the unit of the statutory period."""

    days: Annotated[int, Field(ge=1, le=365)]
    reason: Text


class AnswerIn(Body):
    """Why, where that is to be kept."""

    reason: Text | None = None


class ReopeningIn(Body):
    """`basis`: the decision or judgment that set the earlier one aside."""

    reason: Text
    basis: Text
