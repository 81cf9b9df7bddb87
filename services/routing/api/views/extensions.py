"""Views of requests for an extension."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bianmin.domain.labels_zh import PERIOD_UNITS
from bianmin.events.parts import PeriodUnit
from bianmin.kit.fields import OFFICE_ORG, STAFF_ID, CaseId, CaseNo, values_of
from services.routing import texts
from services.routing.api.sealing import OpenedAnswer, OpenedReason, SealedTexts
from services.routing.api.views.state_view import StateView, attributes
from services.routing.api.views.tasks import OfficeRef
from services.routing.domain.route import ExtensionStatus
from services.routing.store.queries.extensions import ListedExtension


class ExtensionView(StateView):
    """A request to extend the statutory period by `days` in its `unit` (行政许可法 art. 42), in one cycle of the case.

    `lapsed`: the handling ended before anybody answered, or the acceptance was corrected.
    """

    id: Annotated[UUID, Field(description="延期申请的编号，UUID", examples=["019acb02-7f31-7d52-9b4c-6e8fa0b1c274"])]
    case_id: CaseId
    cycle: Annotated[int, Field(description="第几次办理，从 1 起；重新办理一次加 1", examples=[1])]
    days: Annotated[int, Field(description="延长多少，单位见 unit", examples=[10])]
    unit: Annotated[PeriodUnit, Field(description=f"法定期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])]
    status: Annotated[
        ExtensionStatus, Field(description=f"状态：{values_of(texts.EXTENSION_STATUSES)}", examples=["requested"])
    ]
    requested_on: Annotated[date, Field(description="提出之日，YYYY-MM-DD", examples=["2026-12-15"])]
    requested_by: Annotated[str, Field(description="提出人的人员编号", examples=[STAFF_ID])]
    answered_on: Annotated[
        date | None, Field(description="答复之日，YYYY-MM-DD；尚未答复的为 null", examples=["2026-12-16"])
    ]
    answered_by: Annotated[
        str | None, Field(description="答复人的人员编号；尚未答复的为 null", examples=["manager.520123.01"])
    ]


class ReasonedExtensionView(ExtensionView):
    """A request for an extension with its reason and the reason of its answer."""

    reason: Annotated[OpenedReason, Field(description="申请的理由", examples=["涉及多处经营场所，现场核查尚需时日。"])]
    answer: Annotated[OpenedAnswer, Field(description="答复的理由；没有写的为 null", examples=["情况属实，同意延长。"])]


class ListedExtensionView(ReasonedExtensionView):
    """A request for an extension in a list. `office` decides the case."""

    case_no: CaseNo
    office: Annotated[OfficeRef, Field(description="作出决定的单位", examples=[{"org": OFFICE_ORG, "dept": "market"}])]

    @classmethod
    def of(cls, listed: ListedExtension, sealed: SealedTexts) -> Self:
        """The view of a request in a list."""
        case = {"case_no": listed.case_no, "office": listed.office}
        return cls.model_validate(attributes(listed.extension) | case, context=sealed)
