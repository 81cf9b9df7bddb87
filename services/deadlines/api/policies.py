"""`/policies`: what a region sets for the periods that it may set, and which policy applies to a clock."""

from typing import Annotated

from fastapi import Depends, Query, Response

from bianmin.domain.labels_zh import CLOCK_KINDS, ITEM_TYPES, MODES, PERIOD_UNITS
from bianmin.events.parts import ClockKind, ItemType, Mode, PeriodUnit
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import IfMatch, RequestContext, context_for, respond
from bianmin.kit.fields import OFFICE_ORG, values_of
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import staff_router
from services.deadlines.api.bodies import PoliciesIn
from services.deadlines.api.parameters import Region
from services.deadlines.api.regions import check_may_publish, check_region_exists, check_region_of_body
from services.deadlines.api.views.policies import (
    AppliedView,
    ConsideredView,
    PoliciesHistoryView,
    PoliciesVersionView,
    PoliciesView,
    TermView,
)
from services.deadlines.domain.periods.period import LONGEST, Unit
from services.deadlines.domain.terms.law import COMPLAINT_KINDS, default_card, default_term, ends_in_deemed_acceptance
from services.deadlines.domain.terms.policies import PublishPolicies
from services.deadlines.domain.terms.policy import PolicyInvalid, check_distinct
from services.deadlines.domain.terms.term import ItemTerms, Term
from services.deadlines.handlers.publications import PublishedPolicies
from services.deadlines.store import documents, rulebook
from services.deadlines.store.policies import policies_of

router = staff_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]


class PoliciesWrong(Invalid):
    """A policy is invalid, or a query does not say enough to choose one."""

    slug, title = "policies-wrong", "策略有误"


@router.get(
    "/policies/applied",
    response_model=AppliedView,
    responses=refuses(NotFound),
    summary="适用哪一条策略",
    description="登录的人都可以查询：某个单位的某类期限会适用哪一条策略、为什么；按先后列出考虑过的策略，以及各条不适用的原因。"
    "只作说明，不改变任何期限。",
)
async def which_applies(
    context: AnyDesk,
    org: Annotated[OrgCode, Query(description="对期限负责的单位，区划代码", examples=[OFFICE_ORG])],
    kind: Annotated[ClockKind, Query(description=f"哪一类时钟：{values_of(CLOCK_KINDS)}", examples=["delivery"])],
    stage: Annotated[
        str | None,
        Query(
            max_length=64,
            description="哪一段，如投诉的 acceptance、环节的序号；只有一段的不填",
            examples=["acceptance"],
        ),
    ] = None,
    item_code: Annotated[
        str | None, Query(max_length=40, description="事项编码，最多 40 个字符，见事项目录", examples=["SC-003"])
    ] = None,
    item_type: Annotated[
        ItemType | None,
        Query(description=f"事项类型，见事项目录；办件的期限必填：{values_of(ITEM_TYPES)}", examples=["01"]),
    ] = None,
    mode: Annotated[
        Mode | None,
        Query(description=f"办理方式，见事项目录；办件的期限必填：{values_of(MODES)}", examples=["report_up"]),
    ] = None,
    budget: Annotated[
        int,
        Query(
            ge=0, le=LONGEST, description=f"事项自己的期限（承诺、法定），单位见 unit，0 至 {LONGEST}", examples=[20]
        ),
    ] = 0,
    unit: Annotated[
        PeriodUnit, Query(description=f"budget 的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])
    ] = "workday",
) -> Response:
    """Say which policy applies to a clock, and why the others do not."""
    item = _item(kind, item_code, item_type, mode)
    async with context.read() as tx:
        await check_region_exists(tx, org)
        book = await rulebook.in_force(tx)
    law = default_term(kind, stage)
    term = Term(
        kind, law.unit if law else Unit(unit), law.budget if law else budget, stage, card=default_card(kind, stage)
    )
    considered = book.policies.candidates(org, term, item)
    applied = book.policies.apply(org, term, item)
    shorter = [each.policy.name for each in considered if each.policy.budget is not None]
    why = f"{applied.policy} 的适用条件全部符合，且排在最前" if applied.policy else "没有适用的策略，按法律和事项规定"
    if applied.policy in shorter and ends_in_deemed_acceptance(term, item):
        why += "；许可事项在期限内没有告知即为受理，期限的长短只按法律的规定"
    return respond(
        AppliedView(
            applied=applied.policy,
            why=f"{why}。",
            term=TermView.of(applied),
            considered=[ConsideredView.of(each) for each in considered],
        )
    )


def _item(kind: ClockKind, code: str | None, item_type: ItemType | None, mode: Mode | None) -> ItemTerms | None:
    """The item of a case; None for the clock of a complaint, which has no item.

    Raises `PoliciesWrong` where the item's type or mode is missing: which policy applies depends on them.
    """
    if kind in COMPLAINT_KINDS:
        return None
    if item_type is None or mode is None:
        given = (("item_type", item_type, "事项类型"), ("mode", mode, "办理方式"))
        missing = [
            FieldError(f"query:{name}", "missing", f"办件的期限应写明{what}，见事项目录")
            for name, value, what in given
            if value is None
        ]
        raise PoliciesWrong("适用哪一条策略取决于事项类型和办理方式，请按事项目录填写。", errors=missing)
    return ItemTerms(code or "", item_type, mode)


@router.get(
    "/policies/{region}",
    response_model=PoliciesView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="地区的策略",
    description="登录的人都可以查看一个地区自己公布的策略；没有公布过的，列表为空、版本为 0，沿用上级的。",
)
async def get_policies(region: Region, context: AnyDesk) -> Response:
    """Return the policies that a region has published itself."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        found = await documents.own(tx, "policies", region)
    if found is None:
        return respond(PoliciesView(region=region, version=0, policies=[]))
    return respond(PoliciesView.of(PublishedPolicies(region, found.version, policies_of(found))), found.version)


@router.get(
    "/policies/{region}/history",
    response_model=PoliciesHistoryView,
    responses=refuses(NotFound, Forbidden),
    summary="策略的历次公布",
    description="管理员查看一个地区历次公布的策略、公布的时间和人；最近的在前。",
)
async def get_policies_history(region: Region, context: Admin) -> Response:
    """List all publications of a region's policies, the newest first."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        found = await documents.history(tx, "policies", region)
    return respond(PoliciesHistoryView(items=[PoliciesVersionView.of(version) for version in found]))


async def _version_read(region: Region, context: Admin, if_match: IfMatch = None) -> int | None:
    return await check_may_publish(if_match, "policies", region, context)


@router.put(
    "/policies/{region}",
    response_model=PoliciesView,
    responses={
        201: {"description": "这个地区首次公布策略", "model": PoliciesView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="公布策略",
    description="不限部门的管理员公布本辖区一个地区的全部策略，立即生效（首次为 201，修改须带 If-Match）；"
    "在办的期限按新策略重新计算，已用的时间照算，进度见 `/calendars/recounts`。"
    "法律规定的期限只能缩短，不能延长；承诺期限和法定期限由事项目录规定。",
)
async def put_policies(
    region: Region, version: Annotated[int | None, Depends(_version_read)], body: PoliciesIn, context: Admin
) -> Response:
    """Publish all policies of a region; open clocks are recalculated."""
    check_region_of_body(region, body.region)
    policies = []
    for n, policy in enumerate(body.policies):
        try:
            policies.append(policy.policy(region, n + 1))
        except PolicyInvalid as error:
            raise _wrong(f"/policies/{n}/{error.field}".rstrip("/"), error) from error
    try:
        check_distinct(policies)
    except PolicyInvalid as error:
        raise _wrong(f"/policies/{int(error.field) - 1}", error) from error
    command = PublishPolicies(region, tuple(policies), version, context.cause)
    return await context.submit(command, PoliciesView.of, status=201 if version is None else 200)


def _wrong(pointer: str, error: PolicyInvalid) -> PoliciesWrong:
    where = FieldError(pointer, "policy_invalid", str(error))
    return PoliciesWrong(f"策略有误：{error}。", errors=[where])
