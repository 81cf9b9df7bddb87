"""`/cards`: yellow and red cards, appeals against them, and the decisions on these."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.events.parts import CardLevel
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.deadlines.api.bodies import CardReasonIn
from services.deadlines.api.sealing import seal
from services.deadlines.api.views.cards import CardView
from services.deadlines.domain.lifecycle.card import CardStatus
from services.deadlines.domain.lifecycle.card_review import AppealCard, SettleCard
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.store.queries import cards
from services.deadlines.store.queries.cards import CardFilters, ListedCard

router = staff_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]
UnitHead = Annotated[RequestContext, context_for("manager")]
UnitAbove = Annotated[RequestContext, context_for("manager", "supervisor")]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


class CardNotFound(NotFound):
    """The card does not exist, or the actor may not see it."""

    slug, title = "card-not-found", "没有这张牌"


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
    filters = CardFilters(org, case_id, level, status, updated_since)
    async with context.read() as tx:
        page, next_cursor = await cards.page(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    items = [CardView.of(listed.card, listed.subject_id, context.runtime.sealer) for listed in page]
    return respond(Page(items=items, next_cursor=next_cursor))


@router.get("/cards/{card_id}", response_model=CardView, responses=refuses(NotFound))
async def get_card(card_id: UUID, context: AnyDesk) -> Response:
    """一张牌：因何发出，是否申诉，结论如何。"""
    found = await _find(context, card_id)
    return respond(CardView.of(found.card, found.subject_id, context.runtime.sealer), found.card.version)


@router.post("/cards/{card_id}/appeal", response_model=CardView, responses=_REFUSALS)
async def appeal_card(card_id: UUID, body: CardReasonIn, context: UnitHead) -> Response:
    """申诉：由被发牌单位的负责人在申诉期限内提出一次，由上级单位决定撤销或维持。"""
    found = await _find(context, card_id)
    sealed = seal(context.runtime.sealer, card_id, "appeal", body.reason)
    return await _submit(context, found, AppealCard(found.subject_id, card_id, sealed, context.now, context.cause))


@router.post("/cards/{card_id}/revoke", response_model=CardView, responses=_REFUSALS)
async def revoke_card(card_id: UUID, body: CardReasonIn, context: UnitAbove) -> Response:
    """撤销：由上级单位的负责人或督查人员办理，写明理由；牌和经过仍然保留，另行统计。"""
    return await _settle(context, card_id, body, revoke=True)


@router.post("/cards/{card_id}/uphold", response_model=CardView, responses=_REFUSALS)
async def uphold_card(card_id: UUID, body: CardReasonIn, context: UnitAbove) -> Response:
    """申诉不成立，维持原牌，写明理由。"""
    return await _settle(context, card_id, body, revoke=False)


async def _settle(context: RequestContext, card_id: UUID, body: CardReasonIn, *, revoke: bool) -> Response:
    found = await _find(context, card_id)
    sealed = seal(context.runtime.sealer, card_id, "settlement", body.reason)
    return await _submit(
        context, found, SettleCard(found.subject_id, card_id, revoke, sealed, context.now, context.cause)
    )


async def _submit(context: RequestContext, found: ListedCard, command: AppealCard | SettleCard) -> Response:
    sealer = context.runtime.sealer

    def view(subject: Subject) -> CardView:
        return CardView.of(subject.card(found.card.id), subject.id, sealer)

    return await context.submit(command, view)


async def _find(context: RequestContext, card_id: UUID) -> ListedCard:
    async with context.read() as tx:
        found = await cards.find(tx, context.actor, card_id)
    if found is None:
        raise CardNotFound("没有这张牌；请核对编号。")
    return found
