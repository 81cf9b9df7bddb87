"""Path parameters of deadlines, and the examples that its answers share with them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.deadlines.domain.calendar.years import FIRST_YEAR, LAST_YEAR

CLOCK_ID = "019aca5f-0a31-7d84-b6c2-1e3f5a7b9d20"
CARD_ID = "019acd10-93b4-7a26-8e5f-2c4d6e8f0a13"
CALENDAR_VERSION = "CN-3f9c1a7b2d4e"

Region = Annotated[str, Path(description="地区：全国为 CN，其他为机构的区划代码", examples=["520123"])]
Year = Annotated[
    int,
    Path(ge=FIRST_YEAR, le=LAST_YEAR, description=f"公历年份，{FIRST_YEAR} 至 {LAST_YEAR}", examples=[2026]),
]
AnyYear = Annotated[int, Path(description="公历年份；没有日历的年份为 404", examples=[2026])]
ClockPath = Annotated[UUID, Path(description="时钟编号，UUID，见 `GET /clocks`", examples=[CLOCK_ID])]
CardPath = Annotated[UUID, Path(description="牌的编号，UUID，见 `GET /cards`", examples=[CARD_ID])]
