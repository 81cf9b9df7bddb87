"""Views of filings of denials."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bianmin.domain.filing import FILING_STATUSES, FilingStatus
from bianmin.kit.fields import OFFICE_ORG, STAFF_ID, CaseId, CaseNo, values_of
from services.routing.api.sealing import OpenedAnswer, OpenedReason, SealedTexts
from services.routing.api.views.state_view import StateView, attributes
from services.routing.api.views.tasks import OfficeRef
from services.routing.store.queries.filings import ListedFiling


class DenialFilingView(StateView):
    """A filed intention to deny (否决报备). `lapsed`: the handling ended before anybody answered."""

    id: Annotated[UUID, Field(description="报备的编号，UUID", examples=["019acb02-91c4-7a13-8e5f-7a9c1d3e5f70"])]
    case_id: CaseId
    cycle: Annotated[int, Field(description="第几次办理，从 1 起；重新办理一次加 1", examples=[1])]
    status: Annotated[FilingStatus, Field(description=f"状态：{values_of(FILING_STATUSES)}", examples=["filed"])]
    legal_basis: Annotated[
        str, Field(description="依据的法律条款", examples=["《中华人民共和国行政许可法》第三十八条"])
    ]
    missing: Annotated[list[int], Field(description="仍缺的材料的序号", examples=[[]])]
    filed_on: Annotated[date, Field(description="报备之日，YYYY-MM-DD", examples=["2026-12-15"])]
    filed_by: Annotated[str, Field(description="报备人的人员编号", examples=[STAFF_ID])]
    answered_on: Annotated[
        date | None, Field(description="答复之日，YYYY-MM-DD；尚未答复的为 null", examples=["2026-12-16"])
    ]
    answered_by: Annotated[
        str | None, Field(description="答复人的人员编号；尚未答复的为 null", examples=["manager.520123.01"])
    ]


class ReasonedDenialFilingView(DenialFilingView):
    """A filing with its texts."""

    facts: Annotated[OpenedReason, Field(description="查明的事实", examples=["经核查，经营场所未通过消防验收。"])]
    reason: Annotated[OpenedReason, Field(description="不予许可的理由", examples=["不具备规定的经营条件。"])]
    opinion: Annotated[
        OpenedAnswer, Field(description="负责人的意见；尚未答复的为 null", examples=["可以整改，请再核查一次。"])
    ]


class ListedDenialFilingView(ReasonedDenialFilingView):
    """A filing in a list. `office` decides the case."""

    case_no: CaseNo
    office: Annotated[OfficeRef, Field(description="作出决定的单位", examples=[{"org": OFFICE_ORG, "dept": "market"}])]

    @classmethod
    def of(cls, listed: ListedFiling, sealed: SealedTexts) -> Self:
        """The view of a filing in a list."""
        case = {"case_no": listed.case_no, "office": listed.office}
        return cls.model_validate(attributes(listed.filing) | case, context=sealed)
