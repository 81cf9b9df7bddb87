"""`/cards`: yellow and red cards, appeals against them, and the decisions on these."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.domain.labels_zh import CARD_LEVELS
from bianmin.events.parts import CardLevel
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import CASE_ID, MOMENT, OFFICE_ORG, values_of
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.deadlines import texts
from services.deadlines.api.bodies import CardReasonIn
from services.deadlines.api.parameters import CardPath
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


@router.get(
    "/cards",
    response_model=Page[CardView],
    responses=refuses(MalformedRequest),
    summary="黄牌红牌列表",
    description="各级工作人员查看本单位看得到的黄牌、红牌，新的在前；撤销的仍然在列，可用 `status=revoked` 单独查询。"
    "对接系统同步时带 `updated_since`，按变动先后排列，不遗漏。",
)
async def list_cards(
    context: AnyDesk,
    org: Annotated[OrgCode | None, Query(description="被发牌单位所在的区划代码，含下级", examples=[OFFICE_ORG])] = None,
    case_id: Annotated[UUID | None, Query(description="办件（或投诉）的编号，UUID", examples=[CASE_ID])] = None,
    level: Annotated[
        CardLevel | None, Query(description=f"颜色：{values_of(CARD_LEVELS)}", examples=["yellow"])
    ] = None,
    status: Annotated[
        CardStatus | None, Query(description=f"状态：{values_of(texts.CARD_STATUSES)}", examples=["appealed"])
    ] = None,
    updated_since: Annotated[
        Moment | None,
        Query(description="只要此刻以后变动的，RFC 3339，带时区；按变动先后排列，不遗漏", examples=[MOMENT]),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the cards that the caller may see, the newest first."""
    filters = CardFilters(org, case_id, level, status, updated_since)
    async with context.read() as tx:
        page, next_cursor = await cards.page(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    items = [CardView.of(listed.card, listed.subject_id, context.runtime.sealer) for listed in page]
    return respond(Page(items=items, next_cursor=next_cursor))


@router.get(
    "/cards/{card_id}",
    response_model=CardView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="查看一张牌",
    description="看得到它的工作人员查看一张牌：因何发出，是否申诉，结论如何；对其他人它不存在（404）。",
)
async def get_card(card_id: CardPath, context: AnyDesk) -> Response:
    """Return a card: why it was issued, the appeal against it, and the decision."""
    found = await _find(context, card_id)
    return respond(CardView.of(found.card, found.subject_id, context.runtime.sealer), found.card.version)


@router.post(
    "/cards/{card_id}/appeal",
    response_model=CardView,
    responses=_REFUSALS,
    summary="申诉黄牌红牌",
    description="被发牌单位的负责人在发出之后 10 个工作日内申诉一次，写明理由；"
    "由上级单位决定撤销或维持。申诉期间牌仍然有效。",
)
async def appeal_card(card_id: CardPath, body: CardReasonIn, context: UnitHead) -> Response:
    """Appeal against a card, once."""
    found = await _find(context, card_id)
    sealed = seal(context.runtime.sealer, card_id, "appeal", body.reason)
    return await _submit(context, found, AppealCard(found.subject_id, card_id, sealed, context.now, context.cause))


@router.post(
    "/cards/{card_id}/revoke",
    response_model=CardView,
    responses=_REFUSALS,
    summary="撤销黄牌红牌",
    description="上级单位的负责人或督查人员撤销一张牌，写明理由，申诉与否均可；"
    "以它为依据的红牌、黄牌要求的办结期限随之撤销。牌和经过仍然保留，另行统计。",
)
async def revoke_card(card_id: CardPath, body: CardReasonIn, context: UnitAbove) -> Response:
    """Revoke a card, with a reason."""
    return await _settle(context, card_id, body, revoke=True)


@router.post(
    "/cards/{card_id}/uphold",
    response_model=CardView,
    responses=_REFUSALS,
    summary="维持黄牌红牌",
    description="申诉不成立的，上级单位的负责人或督查人员维持原牌，写明理由；此后不能再申诉。没有申诉的为 409。",
)
async def uphold_card(card_id: CardPath, body: CardReasonIn, context: UnitAbove) -> Response:
    """Uphold a card against the appeal, with a reason."""
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
