"""Request bodies of circuits."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bianmin.kit.bodies import Body, Code, Day, OrgCode, Phone, Short
from bianmin.kit.fields import CENTER_ORG, STAFF_ID

_Time = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class CircuitIn(Body):
    """A session: where and when staff come, and what they handle there."""

    org: Annotated[OrgCode, Field(description="由哪个机构派人，区划代码", examples=[CENTER_ORG])]
    place: Annotated[Short, Field(description="地点，1 至 100 字", examples=["六广镇广城村村委会"])]
    on: Annotated[Day, Field(description="哪一天，YYYY-MM-DD，不早于今天", examples=["2026-12-08"])]
    start: Annotated[_Time, Field(description="开始，HH:MM", examples=["09:30"])]
    end: Annotated[_Time, Field(description="结束，HH:MM，晚于开始", examples=["15:00"])]
    items: Annotated[
        list[Code], Field(min_length=1, max_length=200, description="办理的事项编码", examples=[["CL-001"]])
    ]
    capacity: Annotated[int, Field(strict=True, ge=1, le=10000, description="名额，1 至 10000", examples=[30])]
    team: Annotated[
        list[Code], Field(min_length=1, max_length=100, description="前往人员的人员编号", examples=[[STAFF_ID]])
    ]


class BookingIn(Body):
    """A booking of a place."""

    item_code: Annotated[Code, Field(description="要办的事项编码", examples=["CL-001"])]
    name: Annotated[Short, Field(description="姓名，1 至 100 字，加密保存", examples=["张建国"])]
    phone: Annotated[Phone, Field(description="电话，加密保存", examples=["13000000001"])]
