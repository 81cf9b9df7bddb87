"""Views of filings of refusals."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bianmin.domain.filing import FILING_STATUSES, FilingStatus
from bianmin.kit.crypto import Sealer
from bianmin.kit.fields import CENTER_ORG, STAFF_ID, CaseId, CaseNo, values_of
from bianmin.kit.sets import Row
from services.intake.api.sealing import open_filing_text
from services.intake.api.views.state_view import IntakeStateView


class RefusalFilingView(IntakeStateView):
    """A filed intention to refuse (否决报备). `lapsed`: the case went on before anybody answered."""

    id: Annotated[UUID, Field(description="报备的编号，UUID", examples=["019acb02-91c4-7a13-8e5f-7a9c1d3e5f70"])]
    status: Annotated[FilingStatus, Field(description=f"状态：{values_of(FILING_STATUSES)}", examples=["filed"])]
    filed_on: Annotated[date, Field(description="报备之日，YYYY-MM-DD", examples=["2026-11-24"])]
    filed_by: Annotated[str, Field(description="报备人的人员编号", examples=[STAFF_ID])]
    answered_on: Annotated[
        date | None, Field(description="答复之日，YYYY-MM-DD；尚未答复的为 null", examples=["2026-11-25"])
    ]
    answered_by: Annotated[
        str | None, Field(description="答复人的人员编号；尚未答复的为 null", examples=["manager.520123103.01"])
    ]


class ListedRefusalFilingView(RefusalFilingView):
    """A filing in a list, with its texts and its case."""

    case_id: CaseId
    case_no: CaseNo
    accepting_org: Annotated[str, Field(description="受理单位的区划代码", examples=[CENTER_ORG])]
    facts: Annotated[str, Field(description="查明的事实", examples=["申请人要办的是不动产登记。"])]
    reason: Annotated[str, Field(description="不予受理的理由", examples=["不属于本机关职权。"])]
    legal_basis: Annotated[str, Field(description="依据", examples=["《行政许可法》第三十二条第一款第二项"])]
    missing: Annotated[list[int], Field(description="仍缺的材料的序号", examples=[[]])]
    opinion: Annotated[
        str | None, Field(description="负责人的意见；尚未答复的为 null", examples=["同意，请告知应去的机关。"])
    ]

    @classmethod
    def of(cls, row: Row, sealer: Sealer) -> Self:
        """The view of a row of the list."""
        id = row["id"]
        opened = {name: open_filing_text(sealer, id, row[name]) for name in ("facts", "reason")}
        opinion = row["opinion"] and open_filing_text(sealer, id, row["opinion"])
        return cls.model_validate({**row, **opened, "opinion": opinion})
