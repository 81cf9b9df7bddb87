"""`/policies`: what a region says of the periods that are its to set, and which policy would apply, and why."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import Depends, Query, Response
from pydantic import Field

from bianmin.events.parts import ClockKind, ItemType, Mode
from bianmin.kit.bodies import Body, Code, OrgCode, View
from bianmin.kit.endpoints import IfMatch, RequestContext, context_for, respond, staff_router
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.deadlines.api.regions import check_own, region_known, version_seen
from services.deadlines.domain.periods.period import LONGEST, CutOff, Unit
from services.deadlines.domain.terms.law import COMPLAINT_KINDS, default_card, default_term, ends_in_deemed_acceptance
from services.deadlines.domain.terms.policies import PolicyCandidate, PublishPolicies
from services.deadlines.domain.terms.policy import CardRule, Policy, PolicyInvalid, check_distinct, check_publishable
from services.deadlines.domain.terms.term import ItemTerms, Mark, SecondYellow, Term
from services.deadlines.handlers import Published
from services.deadlines.store import documents, rulebook
from services.deadlines.store.documents import Version
from services.deadlines.store.policies import policies_of, row_of

router = staff_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]
Units = Annotated[int, Field(ge=0, le=LONGEST)]


class PoliciesWrong(Invalid):
    slug, title = "policies-wrong", "策略有误"


class MarkIn(Body):
    """How near to the end: no more than `percent` of the budget, or than `units`, is left."""

    percent: Annotated[int, Field(ge=0, le=100)]
    units: Units = 1

    def mark(self) -> Mark:
        return Mark(self.percent, self.units)


class PolicyIn(Body):
    """For which clocks, by as many conditions as are given, and what it sets; the rest stays as the law has it.

    `card`: what missing it brings. `order_days`: in how many working days a yellow card orders to make up for it.
    `second_yellow`: when a unit's second yellow card brings a red one: in one case (`case`, as is usual), in twelve
    months whatever the case (`year`), never (`none`). `extension`: by how many units an order of the hotline
    (`hotline`; its stage is the kind of the order, or `return`) is extended at most with the complaint.
    """

    kind: ClockKind
    stage: Code | None = None
    item_code: Code | None = None
    item_type: ItemType | None = None
    mode: Mode | None = None
    unit: Unit | None = None
    budget: Units | None = None
    reminder: MarkIn | None = None
    yellow: MarkIn | None = None
    cut_off: CutOff | None = None
    card: CardRule | None = None
    order_days: Annotated[int, Field(ge=1, le=LONGEST)] | None = None
    second_yellow: SecondYellow | None = None
    extension: Units | None = None

    def policy(self, region: str, number: int) -> Policy:
        """Raises `PolicyInvalid`."""
        set_to: dict[str, Any] = self.model_dump(exclude={"reminder", "yellow"})
        set_to |= {"reminder": self.reminder and self.reminder.mark(), "yellow": self.yellow and self.yellow.mark()}
        policy = Policy(region=region, version=0, number=number, **set_to)
        check_publishable(policy)
        return policy


class PoliciesIn(Body):
    """All of a region's policies. What a GET showed may be sent back."""

    policies: Annotated[list[PolicyIn], Field(max_length=500)]
    region: str | None = None
    version: int | None = None


class PolicyView(PolicyIn, View):
    @classmethod
    def of(cls, policy: Policy) -> Self:
        return cls.model_validate(row_of(policy))


class PoliciesView(View):
    region: str
    version: int
    policies: list[PolicyView]

    @classmethod
    def of(cls, done: Published) -> Self:
        told = [PolicyView.of(policy) for policy in done.told]
        return cls(region=done.region, version=done.version, policies=told)


class PoliciesVersionView(View):
    version: int
    published_at: datetime
    published_by: str
    policies: list[PolicyView]

    @classmethod
    def of(cls, found: Version) -> Self:
        return cls(
            version=found.document.version,
            published_at=found.published_at,
            published_by=found.published_by,
            policies=[PolicyView.of(policy) for policy in policies_of(found.document)],
        )


class PoliciesHistoryView(View):
    items: list[PoliciesVersionView]


class ConsideredView(View):
    """A policy that was looked at. `why_not`: the condition that does not agree; null where all do."""

    name: str
    policy: PolicyView
    why_not: str | None

    @classmethod
    def of(cls, each: PolicyCandidate) -> Self:
        return cls(name=each.policy.name, policy=PolicyView.of(each.policy), why_not=each.mismatch)


class TermView(View):
    unit: Unit
    budget: int
    reminder: MarkIn
    yellow: MarkIn
    cut_off: CutOff
    card: str | None
    order_days: int
    second_yellow: SecondYellow
    extension: int


class AppliedView(View):
    """`applied`: the policy, null where the law and the item hold; `considered` in the order in which they go."""

    applied: str | None
    why: str
    term: TermView
    considered: list[ConsideredView]


@router.get("/policies/applied", response_model=AppliedView, responses=refuses(NotFound))
async def which_applies(
    context: AnyDesk,
    org: Annotated[OrgCode, Query(description="对时限负责的单位")],
    kind: ClockKind,
    stage: Annotated[str | None, Query(max_length=64)] = None,
    item_code: Annotated[str | None, Query(max_length=40)] = None,
    item_type: Annotated[ItemType | None, Query(description="事项类型，见事项目录；办件的期限必填")] = None,
    mode: Annotated[Mode | None, Query(description="办理方式，见事项目录；办件的期限必填")] = None,
    budget: Annotated[int, Query(ge=0, le=LONGEST, description="事项自己的期限（承诺、法定）")] = 0,
    unit: Unit = Unit.WORKDAY,
) -> Response:
    """会适用哪一条策略、为什么：按先后列出考虑过的策略，以及各条不适用的原因。"""
    item = _item(kind, item_code, item_type, mode)
    async with context.read() as tx:
        await region_known(tx, org)
        book = await rulebook.in_force(tx)
    law = default_term(kind, stage)
    term = Term(kind, law.unit if law else unit, law.budget if law else budget, stage, card=default_card(kind, stage))
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
            term=TermView(
                unit=applied.unit,
                budget=applied.budget,
                reminder=MarkIn(percent=applied.reminder.percent, units=applied.reminder.units),
                yellow=MarkIn(percent=applied.yellow.percent, units=applied.yellow.units),
                cut_off=applied.cut_off,
                card=applied.card,
                order_days=applied.order_days,
                second_yellow=applied.second_yellow,
                extension=applied.extension,
            ),
            considered=[ConsideredView.of(each) for each in considered],
        )
    )


def _item(kind: ClockKind, code: str | None, item_type: ItemType | None, mode: Mode | None) -> ItemTerms | None:
    """What a case is registered under; a complaint is under none. Which policy is for a case depends on it, so it is
    not guessed. Raises `PoliciesWrong`."""
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


@router.get("/policies/{region}", response_model=PoliciesView, responses=refuses(NotFound))
async def get_policies(region: str, context: AnyDesk) -> Response:
    """一个地区自己公布的策略；没有公布过的，列表为空，沿用上级的。"""
    async with context.read() as tx:
        await region_known(tx, region)
        found = await documents.own(tx, "policies", region)
    if found is None:
        return respond(PoliciesView(region=region, version=0, policies=[]))
    return respond(PoliciesView.of(Published(region, found.version, policies_of(found))), found.version)


@router.get("/policies/{region}/history", response_model=PoliciesHistoryView, responses=refuses(NotFound, Forbidden))
async def get_policies_history(region: str, context: Admin) -> Response:
    """这个地区历次公布的策略、时间和经办人；最近的在前。"""
    async with context.read() as tx:
        await region_known(tx, region)
        found = await documents.history(tx, "policies", region)
    return respond(PoliciesHistoryView(items=[PoliciesVersionView.of(one) for one in found]))


async def _seen(region: str, context: Admin, if_match: IfMatch = None) -> int | None:
    return await version_seen(if_match, "policies", region, context)


@router.put(
    "/policies/{region}",
    response_model=PoliciesView,
    responses={
        201: {"description": "这个地区首次公布策略", "model": PoliciesView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
)
async def put_policies(
    region: str, seen: Annotated[int | None, Depends(_seen)], body: PoliciesIn, context: Admin
) -> Response:
    """公布一个地区的全部策略，立即生效；在办的时限按新策略重新计算，已用的时间照算（进度见 `/calendars/recounts`）。

    法律规定的期限只能缩短，不能延长；承诺期限和法定期限由事项目录规定。
    """
    check_own(region, body.region)
    theirs = []
    for n, one in enumerate(body.policies):
        try:
            theirs.append(one.policy(region, n + 1))
        except PolicyInvalid as error:
            raise _wrong(f"/policies/{n}/{error.field}".rstrip("/"), error) from error
    try:
        check_distinct(theirs)
    except PolicyInvalid as error:
        raise _wrong(f"/policies/{int(error.field) - 1}", error) from error
    command = PublishPolicies(region, tuple(theirs), seen, context.cause)
    return await context.submit(command, PoliciesView.of, status=201 if seen is None else 200)


def _wrong(pointer: str, error: PolicyInvalid) -> PoliciesWrong:
    where = FieldError(pointer, "policy_invalid", str(error))
    return PoliciesWrong(f"策略有误：{error}。", errors=[where])
