"""The progress of a case for everybody who has its number and the last four signs of the id."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AliasPath, Field

from bianmin.events.parts import CaseStatus, Lamp
from bianmin.kit.bodies import View
from services.intake.api.views.cases import CaseCardView, CaseClockView, CaseProcedureView, IntakeStateView, MissingView
from services.intake.domain.case import Case


class ProgressStepView(View):
    """A step of a case: when, and what happened, in Chinese."""

    at: datetime
    text: str


class ProgressView(IntakeStateView):
    """How far a case is. `steps` come the oldest first."""

    case_no: str
    item: Annotated[str, Field(validation_alias=AliasPath("item", "name"))]
    status: CaseStatus
    status_text: Annotated[str, Field(validation_alias="status_label")]
    org: str
    received_on: date
    accepted_on: date | None
    decided_on: date | None
    closed_on: date | None
    deemed: bool
    missing: list[MissingView]
    supplement_until: Annotated[date | None, Field(validation_alias="waits_until")]
    lamp: Lamp | None
    clocks: list[CaseClockView]
    cards: list[CaseCardView]
    procedures: list[CaseProcedureView]
    steps: list[ProgressStepView] = Field(default_factory=list)

    @classmethod
    def of(cls, case: Case, steps: Sequence[ProgressStepView]) -> Self:
        """Return the progress of a case with these steps."""
        return cls.model_validate(case).model_copy(update={"steps": list(steps)})
