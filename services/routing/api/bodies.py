"""Request bodies of routing."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from bianmin.domain import identifiers
from bianmin.events.parts import Delivery, Dept, Opinion, OrgLevel, ProcedureKind
from bianmin.kit.bodies import Body, Code, Short, Text
from services.routing.domain.directory.staff import StaffRole


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("含有换行或其他控制字符")
    return text


def _distinct(roles: list[StaffRole]) -> list[StaffRole]:
    if len(set(roles)) != len(roles):
        raise ValueError("同一角色只填一次")
    return roles


Name = Annotated[Short, AfterValidator(_printable)]
Phone = Annotated[str, StringConstraints(max_length=30), AfterValidator(identifiers.phone)]
Roles = Annotated[list[StaffRole], Field(min_length=1, max_length=7), AfterValidator(_distinct)]


class EmptyBody(Body):
    """The body of a request that needs none."""


class OrgIn(Body):
    """An org. The answer of a GET may be sent back: its read-only fields are ignored.

    `level` follows from the code; where it is sent, it must agree.
    """

    name: Name
    level: OrgLevel | None = None
    code: Any = None
    parent: Any = None
    offices: Any = None


class DivisionIn(Body):
    """One org of an import in JSON. It is checked together with the others, so that every error is reported."""

    code: Annotated[str, StringConstraints(strip_whitespace=True)]
    level: Annotated[str, StringConstraints(strip_whitespace=True)]
    name: Annotated[str, StringConstraints(strip_whitespace=True)]


class OfficeIn(Body):
    """A functional office of an org."""

    dept: Dept
    name: Name
    phone: Phone | None = None


class StaffIn(Body):
    """A member of staff. `id` is the `sub` of the member's tokens; without it, a new id is made."""

    id: Code | None = None
    name: Name
    roles: Roles
    dept: Dept | None = None
    phone: Phone | None = None


class CompletionIn(Body):
    """An opinion or decision. A denial needs `reason_code` and `legal_basis`."""

    opinion: Opinion
    note: Text | None = None
    reason_code: Code | None = None
    legal_basis: Text | None = None


class ReturnIn(Body):
    """Why the case is returned to the step before."""

    reason: Text


class DeliveryIn(Body):
    """A delivery. `signed_by` is the name of the person who signed for the result."""

    method: Delivery
    signed_by: Name


class ProcedureIn(Body):
    """A special procedure. The applicant is told its `expected_days`, which are working days (行政许可法 art. 45)."""

    kind: ProcedureKind
    expected_days: Annotated[int, Field(ge=1, le=365)]
    reason: Text


class ExtensionIn(Body):
    """A request for an extension by `days`, in the unit of the statutory period."""

    days: Annotated[int, Field(ge=1, le=365)]
    reason: Text


class AnswerIn(Body):
    """The reason of an answer; it may be left out."""

    reason: Text | None = None


class ReopeningIn(Body):
    """A reopening. `basis` is the decision or judgment that set the earlier decision aside."""

    reason: Text
    basis: Text
