"""Views of circuits."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bianmin.kit.fields import CENTER_ORG, values_of
from services.routing import texts
from services.routing.api.views.state_view import StateView
from services.routing.domain.circuits.circuit import CircuitStatus

_CIRCUIT_ID = "019acb10-3c5d-7e21-9a4b-6c8d0e2f4a61"


class CircuitView(StateView):
    """A session, as everybody sees it."""

    id: Annotated[UUID, Field(description="巡回办理的编号，UUID", examples=[_CIRCUIT_ID])]
    org: Annotated[str, Field(description="由哪个机构派人，区划代码", examples=[CENTER_ORG])]
    place: Annotated[str, Field(description="地点", examples=["六广镇广城村村委会"])]
    on: Annotated[date, Field(validation_alias="held_on", description="哪一天，YYYY-MM-DD", examples=["2026-12-08"])]
    start: Annotated[str, Field(validation_alias="start_time", description="开始，HH:MM", examples=["09:30"])]
    end: Annotated[str, Field(validation_alias="end_time", description="结束，HH:MM", examples=["15:00"])]
    items: Annotated[list[str], Field(description="办理的事项编码", examples=[["CL-001"]])]
    capacity: Annotated[int, Field(description="名额", examples=[30])]
    free: Annotated[int, Field(description="还剩几个名额", examples=[6])]
    status: Annotated[CircuitStatus, Field(description=f"状态：{values_of(texts.CIRCUIT_STATUSES)}", examples=["open"])]


class BookedView(StateView):
    """A booking that was made."""

    id: Annotated[UUID, Field(description="预约的编号，UUID", examples=["019acb11-4d6e-7f32-8b5c-7d9e1f3a5b72"])]
    circuit_id: Annotated[UUID, Field(description="巡回办理的编号，UUID", examples=[_CIRCUIT_ID])]
    on: Annotated[date, Field(description="哪一天，YYYY-MM-DD", examples=["2026-12-08"])]
    start: Annotated[str, Field(description="开始，HH:MM", examples=["09:30"])]
    place: Annotated[str, Field(description="地点", examples=["六广镇广城村村委会"])]
