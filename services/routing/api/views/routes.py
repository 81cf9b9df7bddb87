"""Views of a whole route: its steps, its past cycles, its delivery."""

from datetime import date, datetime
from uuid import UUID

from pydantic import AliasPath, Field

from bianmin.events.parts import Delivery, Mode
from services.routing.api.sealing import MaskedSigner, OpenedCaseReason
from services.routing.api.views.extensions import ReasonedExtensionView
from services.routing.api.views.procedures import ReasonedProcedureView
from services.routing.api.views.state_view import StateView
from services.routing.api.views.tasks import OfficeRef, StepView
from services.routing.domain.route import RouteStatus


class DeliveredView(StateView):
    """The delivery of the result. `signed_by` is masked."""

    method: Delivery
    delivered_on: date
    signed_by: MaskedSigner


class HolderView(StateView):
    """Who holds a material, since when, and who signed for it."""

    material_no: int
    holder: OfficeRef
    since: datetime
    signed_by: str | None


class PastCycleView(StateView):
    """How a cycle ended whose decision was set aside."""

    cycle: int
    status: RouteStatus
    decided_on: date | None
    delivered_on: date | None
    closed_on: date | None


class ReasonedPastCycleView(PastCycleView):
    """A past cycle with the reason and the legal basis for which its decision was set aside."""

    reason: OpenedCaseReason


class ReopenedView(StateView):
    """A reopened case."""

    case_id: UUID
    case_no: str
    cycle: int
    status: RouteStatus
    past: list[PastCycleView]


class RouteView(StateView):
    """The route of a case from its acceptance to its end, its steps in the order in which they happened.

    It contains what the offices wrote to each other. Validate it with a `SealedTexts` as context.
    """

    case_id: UUID
    case_no: str
    mode: Mode
    status: RouteStatus
    lead: OfficeRef
    steps: list[StepView] = Field(validation_alias="tasks")
    custody: list[HolderView] = Field(default_factory=list)
    procedures: list[ReasonedProcedureView]
    extensions: list[ReasonedExtensionView]
    cycle: int
    past: list[ReasonedPastCycleView]
    decided_on: date | None
    delivered: DeliveredView | None
    closed_on: date | None


class DeliveryView(StateView):
    """The delivery that closed a case."""

    case_id: UUID
    case_no: str
    status: RouteStatus
    method: Delivery = Field(validation_alias=AliasPath("delivered", "method"))
    delivered_on: date = Field(validation_alias=AliasPath("delivered", "delivered_on"))
    closed_on: date
