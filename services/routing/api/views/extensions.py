"""Views of requests for an extension."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict

from bianmin.events.parts import PeriodUnit
from services.routing.api.sealing import OpenedAnswer, OpenedReason
from services.routing.api.views.state_view import StateView, attributes_of
from services.routing.api.views.tasks import OfficeRef
from services.routing.domain.route import ExtensionStatus


class ExtensionView(StateView):
    """A request to extend the statutory period by `days` in its `unit` (行政许可法 art. 42), in one cycle of the case.

    `lapsed`: the handling ended before anybody answered, or the acceptance was corrected.
    """

    id: UUID
    case_id: UUID
    cycle: int
    days: int
    unit: PeriodUnit
    status: ExtensionStatus
    requested_on: date
    requested_by: str
    answered_on: date | None
    answered_by: str | None


class ReasonedExtensionView(ExtensionView):
    """A request for an extension with its reason and the reason of its answer."""

    reason: OpenedReason
    answer: OpenedAnswer


class ListedExtensionView(ReasonedExtensionView):
    """A request for an extension in a list. `office` decides the case."""

    model_config = ConfigDict(alias_generator=attributes_of("extension"))

    case_no: str
    office: OfficeRef
