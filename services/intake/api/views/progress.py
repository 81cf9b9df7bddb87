"""The progress of a case for everybody who has its number and the last four signs of the id."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AliasPath, Field

from bianmin.events.parts import Lamp
from bianmin.kit.bodies import View
from bianmin.kit.fields import CENTER_ORG, CaseNo
from services.intake.api.fields import (
    ITEM_NAME,
    LAMP_TEXT,
    ORG_TEXT,
    UPDATED_AT,
    AcceptedOn,
    ClosedOn,
    DecidedOn,
    Deemed,
    ReceivedOn,
    Status,
)
from services.intake.api.views.cases import Cards, CaseProcedureView, Clocks, Missing
from services.intake.api.views.state_view import IntakeStateView
from services.intake.domain.case import Case


class ProgressStepView(View):
    """A step of a case: when, and what happened, in Chinese."""

    at: Annotated[datetime, Field(description="何时发生，RFC 3339，时区 +08:00", examples=[UPDATED_AT])]
    text: Annotated[str, Field(description="发生了什么，中文，可以直接显示", examples=["已受理"])]


class ProgressView(IntakeStateView):
    """How far a case is. `steps` come the oldest first."""

    case_no: CaseNo
    item: Annotated[
        str, Field(validation_alias=AliasPath("item", "name"), description="事项名称", examples=[ITEM_NAME])
    ]
    status: Status
    status_text: Annotated[
        str, Field(validation_alias="status_label", description="状态，中文，可以直接显示", examples=["已受理"])
    ]
    org: Annotated[str, Field(description=ORG_TEXT, examples=[CENTER_ORG])]
    received_on: ReceivedOn
    accepted_on: AcceptedOn
    decided_on: DecidedOn
    closed_on: ClosedOn
    deemed: Deemed
    missing: Missing
    supplement_until: Annotated[
        date | None,
        Field(
            validation_alias="waits_until",
            description="补正的最后一日，YYYY-MM-DD；不在等待补正的为 null",
            examples=[None],
        ),
    ]
    lamp: Annotated[
        Lamp | None, Field(description=f"本次办理中最严重的{LAMP_TEXT}；没有时钟的为 null", examples=["green"])
    ]
    clocks: Clocks
    cards: Cards
    procedures: Annotated[
        list[CaseProcedureView], Field(description="特别程序，按开始先后排列；所需时间不计入期限", examples=[[]])
    ]
    steps: Annotated[
        list[ProgressStepView],
        Field(
            default_factory=list,
            description="办理经过，按先后排列",
            examples=[[{"at": UPDATED_AT, "text": "已受理"}]],
        ),
    ]

    @classmethod
    def of(cls, case: Case, steps: Sequence[ProgressStepView]) -> Self:
        """Return the progress of a case with these steps."""
        return cls.model_validate(case).model_copy(update={"steps": list(steps)})
