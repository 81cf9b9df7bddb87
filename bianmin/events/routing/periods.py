"""Events that change the periods of a case: special procedures and extensions."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import PeriodUnit, ProcedureKind
from bianmin.events.routing.parts import CaseData


class _Procedure(CaseData):
    procedure_id: UUID
    kind: ProcedureKind
    started_on: date
    """The first day that is not counted."""


class ProcedureStarted(_Procedure):
    """A special procedure started. Its time is not counted; the applicant is told how long it takes (行政许可法 art.
    45)."""

    event_name: ClassVar = "procedure.started"
    event_title: ClassVar = "特别程序开始"

    expected_days: Annotated[int, Field(ge=1)]
    """Expected length in working days."""


class ProcedureEnded(_Procedure):
    """The special procedure ended."""

    event_name: ClassVar = "procedure.ended"
    event_title: ClassVar = "特别程序结束"

    ended_on: date
    """The last day that is not counted."""


class _Extension(CaseData):
    extension_id: UUID
    days: Annotated[int, Field(ge=1)]
    unit: PeriodUnit
    """The unit of the statutory period."""


class ExtensionRequested(_Extension):
    """The deciding office asked for an extension, before the end of the statutory period (行政许可法 art. 42)."""

    event_name: ClassVar = "extension.requested"
    event_title: ClassVar = "申请延长期限"

    requested_on: date


class ExtensionApproved(_Extension):
    """The head of the organ approved the extension; in joint handling the head of the government does (行政许可法
    art. 42). The applicant is told."""

    event_name: ClassVar = "extension.approved"
    event_title: ClassVar = "批准延长期限"

    approved_on: date


class ExtensionRejected(_Extension):
    """The extension was rejected."""

    event_name: ClassVar = "extension.rejected"
    event_title: ClassVar = "不批准延长期限"

    rejected_on: date
