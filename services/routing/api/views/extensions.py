"""Views of requests for an extension."""

from datetime import date
from typing import Self
from uuid import UUID

from bianmin.events.parts import PeriodUnit
from services.routing.api.sealing import OpenedAnswer, OpenedReason, SealedTexts
from services.routing.api.views.state_view import StateView, attributes
from services.routing.api.views.tasks import OfficeRef
from services.routing.domain.route import ExtensionStatus
from services.routing.store.queries.extensions import ListedExtension


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

    case_no: str
    office: OfficeRef

    @classmethod
    def of(cls, listed: ListedExtension, texts: SealedTexts) -> Self:
        """The view of a request in a list."""
        case = {"case_no": listed.case_no, "office": listed.office}
        return cls.model_validate(attributes(listed.extension) | case, context=texts)
