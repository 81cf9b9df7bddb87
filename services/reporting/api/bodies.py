"""The query parameters of reports."""

from typing import Annotated

from pydantic import Field

from bianmin.kit.bodies import Body, Day, OrgCode
from services.reporting.domain.figures import Grouping


class ReportQuery(Body):
    """What a report is about. Unknown parameters are refused: a misspelt `from` would report another period."""

    org: Annotated[OrgCode | None, Field(description="统计哪个机构及其下级；不填为本单位")] = None
    first: Annotated[Day | None, Field(alias="from", description="起始日（含）；不填为截止日当月 1 日")] = None
    last: Annotated[Day | None, Field(alias="to", description="截止日（含）；不填为今天")] = None
    by: Annotated[Grouping, Field(description="按什么分：受理机构、登记站点、事项、部门、办理方式、月份")] = "org"
