"""Path parameters of routing."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from bianmin.kit.bodies import OrgCode
from bianmin.kit.fields import CASE_ID, CENTER_ORG

CasePath = Annotated[UUID, Path(description="办件编号，UUID，见登记时的答复", examples=[CASE_ID])]
TaskPath = Annotated[
    UUID, Path(description="任务编号，UUID，见 `GET /tasks`", examples=["019aca6b-91a0-7c35-8d2f-4b6e8a0c1d59"])
]
ExtensionPath = Annotated[
    UUID,
    Path(description="延期申请的编号，UUID，见 `GET /extensions`", examples=["019acb02-7f31-7d52-9b4c-6e8fa0b1c274"]),
]
FilingPath = Annotated[
    UUID,
    Path(description="报备的编号，UUID，见 `GET /denial-filings`", examples=["019acb02-91c4-7a13-8e5f-7a9c1d3e5f70"]),
]
CircuitPath = Annotated[
    UUID,
    Path(description="巡回办理的编号，UUID，见 `GET /circuits`", examples=["019acb10-3c5d-7e21-9a4b-6c8d0e2f4a61"]),
]
ProcedurePath = Annotated[
    UUID, Path(description="特别程序的编号，UUID，见登记时的答复", examples=["019acaf1-2d10-7e44-8a3b-5c7d9e1f2a63"])
]
OrgPath = Annotated[OrgCode, Path(description="机构的区划代码，2、4、6、9、12 或 14 位数字", examples=[CENTER_ORG])]
