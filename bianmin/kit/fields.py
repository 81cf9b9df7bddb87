"""Descriptions, examples and fields that the API documents of several services share."""

from collections.abc import Mapping
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from bianmin.domain.labels_zh import DEPTS

V = TypeVar("V", bound=str)

CASE_ID = "019aca5e-4c20-7b61-9f3e-2d4a6c8e0b17"
CASE_NO = "520123103-20261123-0007"
OFFICE_ORG = "520123"
CENTER_ORG = "520123103"
STATION_ORG = "520123103201"
STAFF_ID = "market.520123.01"
MOMENT = "2026-11-27T10:30:00+08:00"
"""Examples of one story: a case of a township center that a county department decides."""


def values_of(labels: Mapping[V, str]) -> str:
    """Return the values of an enumeration with their Chinese names: `review 审核，decide 决定`."""
    return "，".join(f"{value} {label}" for value, label in labels.items())


DEPT_VALUES = values_of(DEPTS)

CaseId = Annotated[UUID, Field(description="办件编号，UUID", examples=[CASE_ID])]
CaseNo = Annotated[
    str, Field(description="受理编号：登记单位的区划代码、8 位日期、4 位顺序号，用短横线连接", examples=[CASE_NO])
]
