"""The view of a card."""

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bianmin.domain.labels_zh import CARD_LEVELS, CLOCK_KINDS
from bianmin.events.parts import CardLevel, ClockKind
from bianmin.kit.bodies import View
from bianmin.kit.crypto import Sealer
from bianmin.kit.fields import CASE_ID, DEPT_VALUES, OFFICE_ORG, values_of
from services.deadlines import texts
from services.deadlines.api.parameters import CARD_ID, CLOCK_ID
from services.deadlines.api.sealing import unseal
from services.deadlines.domain.lifecycle.card import Card, CardStatus

_APPEAL = "当日县政务外网中断，附运维单位的证明；网络恢复后已立即办结。"


class CardView(View):
    """A card. `level`: its colour; `kind`: that of the clock it was issued for; `reason`: why it was issued.

    `settled_reason`: `decided` by somebody above; `in_time` or `recounted` where the clock turned out to be in time.
    """

    id: Annotated[UUID, Field(description="牌的编号，UUID", examples=[CARD_ID])]
    subject: Annotated[UUID, Field(description="办件（或投诉）的编号，UUID", examples=[CASE_ID])]
    clock_id: Annotated[UUID, Field(description="超期的时钟的编号，UUID", examples=[CLOCK_ID])]
    level: Annotated[CardLevel, Field(description=f"颜色：{values_of(CARD_LEVELS)}", examples=["yellow"])]
    kind: Annotated[ClockKind, Field(description=f"超期的是哪一类时钟：{values_of(CLOCK_KINDS)}", examples=["promise"])]
    reason: Annotated[
        str,
        Field(
            description="因何发出：时钟的种类，second_yellow 同一办件第二张黄牌，"
            "second_yellow_in_year 十二个月内第二张黄牌",
            examples=["promise"],
        ),
    ]
    text: Annotated[str, Field(description="因何发出，中文，可以直接显示", examples=["黄牌：承诺办结期限届满未办结。"])]
    org: Annotated[str, Field(description="被发牌单位的区划代码", examples=[OFFICE_ORG])]
    dept: Annotated[
        str | None, Field(description=f"被发牌单位的条线；没有条线的为 null：{DEPT_VALUES}", examples=["market"])
    ]
    cycle: Annotated[int, Field(description="第几次办理，从 1 起；重新办理一次加 1", examples=[1])]
    status: Annotated[CardStatus, Field(description=f"状态：{values_of(texts.CARD_STATUSES)}", examples=["revoked"])]
    issued_at: Annotated[
        datetime, Field(description="发出的时间，RFC 3339，时区 +08:00", examples=["2026-12-05T00:00:00+08:00"])
    ]
    appeal_by: Annotated[
        datetime,
        Field(
            description="申诉期限届满的时间，发出之后 10 个工作日，RFC 3339，时区 +08:00",
            examples=["2026-12-19T00:00:00+08:00"],
        ),
    ]
    appealed_at: Annotated[
        datetime | None,
        Field(
            description="申诉的时间，RFC 3339，时区 +08:00；没有申诉的为 null", examples=["2026-12-07T09:20:00+08:00"]
        ),
    ]
    appealed_by: Annotated[
        str | None, Field(description="申诉人的人员编号；没有申诉的为 null", examples=["manager.520123.market"])
    ]
    appeal: Annotated[str | None, Field(description="申诉的理由；没有申诉的为 null", examples=[_APPEAL])]
    settled_at: Annotated[
        datetime | None,
        Field(
            description="撤销或维持的时间，RFC 3339，时区 +08:00；没有结论的为 null",
            examples=["2026-12-09T15:40:00+08:00"],
        ),
    ]
    settled_by: Annotated[
        str | None,
        Field(
            description="撤销或维持的人的人员编号，重新计算后自动撤销的为 system；没有结论的为 null",
            examples=["supervisor.520123.01"],
        ),
    ]
    settled_reason: Annotated[
        str | None,
        Field(
            description="结论从何而来：decided 上级决定，in_time、recounted 并未超期，"
            "rests_on_revoked 所依据的黄牌已撤销；没有结论的为 null",
            examples=["decided"],
        ),
    ]
    settlement: Annotated[
        str | None, Field(description="撤销或维持的理由；没有写的为 null", examples=["情况属实，非承办单位的责任。"])
    ]

    @classmethod
    def of(cls, card: Card, subject_id: UUID, sealer: Sealer) -> Self:
        """Return the view of a card, its encrypted parts decrypted."""
        return cls(
            **{name: getattr(card, name) for name in _AS_THE_CARD},
            subject=subject_id,
            text=texts.card_reason(card),
            org=card.responsible.org,
            dept=card.responsible.dept,
            appeal=unseal(sealer, card.id, "appeal", card.appeal),
            settlement=unseal(sealer, card.id, "settlement", card.settlement),
        )


_AS_THE_CARD = CardView.model_fields.keys() & {field.name for field in fields(Card)} - {"appeal", "settlement"}
