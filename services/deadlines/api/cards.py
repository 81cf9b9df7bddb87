"""`/cards`: yellow and red cards, appeals against them, and what is decided on these."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Response

from bianmin.events.parts import CardLevel, ClockKind
from bianmin.kit.bodies import Body, Moment, OrgCode, Text, View
from bianmin.kit.crypto import Sealer
from bianmin.kit.endpoints import RequestContext, context_for, respond, staff_router
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.deadlines import texts
from services.deadlines.domain.lifecycle.card import Card, CardStatus
from services.deadlines.domain.lifecycle.card_review import AppealCard, SettleCard
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.store import cards
from services.deadlines.store.cards import ShownCard, WantedCards

router = staff_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]
Head = Annotated[RequestContext, context_for("manager")]
Above = Annotated[RequestContext, context_for("manager", "supervisor")]
_MOVES = refuses(NotFound, Forbidden, Conflict)


class CardNotFound(NotFound):
    slug, title = "card-not-found", "没有这张牌"


class SayingIn(Body):
    """Why: an appeal's grounds, or those on which it is decided."""

    reason: Text


class CardView(View):
    """A card. `level` is its colour, `kind` of which clock it was for, `reason` why it was issued.

    `settled_reason`: `decided` by somebody above, `in_time` or `recounted` where the clock was kept after all.
    """

    id: UUID
    subject: UUID
    clock_id: UUID
    level: CardLevel
    kind: ClockKind
    reason: str
    text: str
    org: str
    dept: str | None
    cycle: int
    status: CardStatus
    issued_at: datetime
    appeal_by: datetime
    appealed_at: datetime | None
    appealed_by: str | None
    appeal: str | None
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None
    settlement: str | None

    @classmethod
    def of(cls, card: Card, subject_id: UUID, sealer: Sealer) -> Self:
        return cls(
            id=card.id,
            subject=subject_id,
            clock_id=card.clock_id,
            level=card.level,
            kind=card.kind,
            reason=card.reason,
            text=texts.card(card),
            org=card.responsible.org,
            dept=card.responsible.dept,
            cycle=card.cycle,
            status=card.status,
            issued_at=card.issued_at,
            appeal_by=card.appeal_by,
            appealed_at=card.appealed_at,
            appealed_by=card.appealed_by,
            appeal=_opened(sealer, card.id, "appeal", card.appeal),
            settled_at=card.settled_at,
            settled_by=card.settled_by,
            settled_reason=card.settled_reason,
            settlement=_opened(sealer, card.id, "settlement", card.settlement),
        )


@router.get("/cards", response_model=Page[CardView], responses=refuses(MalformedRequest))
async def list_cards(
    context: AnyDesk,
    org: Annotated[OrgCode | None, Query(description="被发牌单位所在的区划，含下级")] = None,
    case_id: Annotated[UUID | None, Query(description="办件的编号")] = None,
    level: CardLevel | None = None,
    status: CardStatus | None = None,
    updated_since: Annotated[Moment | None, Query(description="此刻以后变动的，按变动先后排列，不遗漏")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """本单位看得到的黄牌、红牌，新的在前；撤销的仍然在列，可用 `status=revoked` 单独查询。"""
    wanted = WantedCards(org, case_id, level, status, updated_since)
    async with context.read() as tx:
        page, following = await cards.page(tx, context.actor, wanted, context.runtime.cursors, cursor, limit)
    items = [CardView.of(one.card, one.subject_id, context.runtime.sealer) for one in page]
    return respond(Page(items=items, next_cursor=following))


@router.get("/cards/{card_id}", response_model=CardView, responses=refuses(NotFound))
async def get_card(card_id: UUID, context: AnyDesk) -> Response:
    """一张牌：因何发出，是否申诉，结论如何。"""
    found = await _found(context, card_id)
    return respond(CardView.of(found.card, found.subject_id, context.runtime.sealer), found.card.version)


@router.post("/cards/{card_id}/appeal", response_model=CardView, responses=_MOVES)
async def appeal_card(card_id: UUID, body: SayingIn, context: Head) -> Response:
    """申诉：由被发牌单位的负责人在申诉期限内提出一次，由上级单位决定撤销或维持。"""
    found = await _found(context, card_id)
    said = _sealed(context.runtime.sealer, card_id, "appeal", body.reason)
    return await _submitted(context, found, AppealCard(found.subject_id, card_id, said, context.now, context.cause))


@router.post("/cards/{card_id}/revoke", response_model=CardView, responses=_MOVES)
async def revoke_card(card_id: UUID, body: SayingIn, context: Above) -> Response:
    """撤销：由上级单位的负责人或督查人员办理，写明理由；牌和经过仍然保留，另行统计。"""
    return await _settled(context, card_id, body, revoke=True)


@router.post("/cards/{card_id}/uphold", response_model=CardView, responses=_MOVES)
async def uphold_card(card_id: UUID, body: SayingIn, context: Above) -> Response:
    """申诉不成立，维持原牌，写明理由。"""
    return await _settled(context, card_id, body, revoke=False)


async def _settled(context: RequestContext, card_id: UUID, body: SayingIn, *, revoke: bool) -> Response:
    found = await _found(context, card_id)
    said = _sealed(context.runtime.sealer, card_id, "settlement", body.reason)
    return await _submitted(
        context, found, SettleCard(found.subject_id, card_id, revoke, said, context.now, context.cause)
    )


async def _submitted(context: RequestContext, found: ShownCard, command: AppealCard | SettleCard) -> Response:
    sealer = context.runtime.sealer

    def view(subject: Subject) -> CardView:
        return CardView.of(subject.card(found.card.id), subject.id, sealer)

    return await context.submit(command, view)


async def _found(context: RequestContext, card_id: UUID) -> ShownCard:
    async with context.read() as tx:
        found = await cards.one(tx, context.actor, card_id)
    if found is None:
        raise CardNotFound("没有这张牌；请核对编号。")
    return found


def _sealed(sealer: Sealer, card_id: UUID, what: str, text: str) -> bytes:
    return sealer.seal(text.encode(), f"card|{what}|{card_id}")


def _opened(sealer: Sealer, card_id: UUID, what: str, sealed: bytes | None) -> str | None:
    return None if sealed is None else sealer.open(sealed, f"card|{what}|{card_id}").decode()
