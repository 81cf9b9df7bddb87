"""Path and query parameters of intake."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from bianmin.kit.bodies import OrgCode
from bianmin.kit.fields import CASE_ID, OFFICE_ORG

CasePath = Annotated[UUID, Path(description="办件编号，UUID，见登记时的答复", examples=[CASE_ID])]
RefusalFilingPath = Annotated[
    UUID,
    Path(description="报备的编号，UUID，见 `GET /refusal-filings`", examples=["019acb02-91c4-7a13-8e5f-7a9c1d3e5f70"]),
]
ItemPath = Annotated[str, Path(description="事项编码，1 至 40 个字母、数字或 `_.-`", examples=["MZ-003"])]
CatalogOrg = Annotated[
    OrgCode | None,
    Query(description="哪个地区的目录，区划代码；不填为本单位（未登录时为最高一级）", examples=[OFFICE_ORG]),
]
