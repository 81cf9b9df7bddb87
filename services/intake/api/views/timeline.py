"""The view of a case's timeline."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from bianmin.kit.bodies import View
from bianmin.kit.fields import CENTER_ORG
from services.intake.api.fields import ACCEPTED_ON, UPDATED_AT
from services.intake.api.views.timeline_data import TimelineData
from services.intake.store.timeline import TimelineEntry


class TimelineEntryView(View):
    """An event of a case; `text` says it in Chinese. `data` was checked when its event came."""

    at: Annotated[datetime, Field(description="何时发生，RFC 3339，时区 +08:00", examples=[UPDATED_AT])]
    type: Annotated[
        str, Field(description="事件的类型，各类型见事件契约（AsyncAPI）", examples=["cn.bianmin.case.accepted.v1"])
    ]
    actor: Annotated[
        str,
        Field(
            description="谁办的：人员编号；群众本人为 citizen，系统自动办理的为 system",
            examples=["window.520123103.01"],
        ),
    ]
    org: Annotated[str, Field(description="办理人所在单位的区划代码", examples=[CENTER_ORG])]
    text: Annotated[str, Field(description="发生了什么，中文，可以直接显示", examples=["已受理"])]
    data: Annotated[
        TimelineData,
        Field(description="事件的内容，有哪些项由 type 决定，不含个人信息", examples=[{"accepted_on": ACCEPTED_ON}]),
    ]

    @classmethod
    def of(cls, entry: TimelineEntry, text: str) -> "TimelineEntryView":
        """Return the entry with its Chinese text."""
        return cls.model_construct(**entry._asdict(), text=text)


class TimelineView(View):
    """The timeline of a case, the oldest event first."""

    items: Annotated[list[TimelineEntryView], Field(description="全部经过，按先后排列")]
