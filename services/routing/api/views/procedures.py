"""Views of special procedures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import ProcedureKind
from services.routing.api.sealing import OpenedReason
from services.routing.api.views.state_view import StateView


class SpecialProcedureView(StateView):
    """A special procedure. Its days, `started_on` and `ended_on` included, do not count (行政许可法 art. 45)."""

    id: UUID
    case_id: UUID
    kind: ProcedureKind
    name: Annotated[str, BeforeValidator(PROCEDURES.__getitem__)] = Field(validation_alias=AliasPath("kind"))
    expected_days: int
    started_on: date
    ended_on: date | None


class ReasonedProcedureView(SpecialProcedureView):
    """A special procedure with the office's reason for it."""

    reason: OpenedReason
