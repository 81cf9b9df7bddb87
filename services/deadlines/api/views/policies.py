"""Views of policies, and of the policy that applies to a clock."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from bianmin.domain.labels_zh import PERIOD_UNITS
from bianmin.kit.bodies import View
from bianmin.kit.fields import MOMENT, OFFICE_ORG, values_of
from services.deadlines import texts
from services.deadlines.api.bodies import MarkIn, PolicyIn
from services.deadlines.domain.periods.period import CutOff, Unit
from services.deadlines.domain.terms.policies import PolicyCandidate
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.term import SecondYellow, Term
from services.deadlines.handlers.publications import PublishedPolicies
from services.deadlines.store.documents import DocumentVersion
from services.deadlines.store.policies import policies_of

_POLICIES = Field(
    description="这个地区自己公布的策略，按公布时的先后排列",
    examples=[[{"kind": "delivery", "unit": "workday", "budget": 5, "card": "yellow"}]],
)


class PolicyView(PolicyIn, View):
    """A policy, as it can be sent back."""

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """Return the view of a policy."""
        return cls.model_validate(policy, from_attributes=True)


class PoliciesView(View):
    """All policies of a region, in the order in which it published them."""

    region: Annotated[str, Field(description="地区的区划代码", examples=[OFFICE_ORG])]
    version: Annotated[int, Field(description="版本，从 1 起，每公布一次加 1；没有公布的为 0", examples=[3])]
    policies: Annotated[list[PolicyView], _POLICIES]

    @classmethod
    def of(cls, published: PublishedPolicies) -> Self:
        """Return the view of a region's policies."""
        policies = [PolicyView.of(policy) for policy in published.policies]
        return cls(region=published.region, version=published.version, policies=policies)


class PoliciesVersionView(View):
    """A publication of a region's policies."""

    version: Annotated[int, Field(description="版本，从 1 起，每公布一次加 1", examples=[3])]
    published_at: Annotated[datetime, Field(description="公布的时间，RFC 3339，时区 +08:00", examples=[MOMENT])]
    published_by: Annotated[str, Field(description="公布人的人员编号", examples=["admin.520123"])]
    policies: Annotated[list[PolicyView], _POLICIES]

    @classmethod
    def of(cls, found: DocumentVersion) -> Self:
        """Return the view of a publication."""
        return cls(
            version=found.document.version,
            published_at=found.published_at,
            published_by=found.published_by,
            policies=[PolicyView.of(policy) for policy in policies_of(found.document)],
        )


class PoliciesHistoryView(View):
    """All publications of a region's policies."""

    items: Annotated[list[PoliciesVersionView], Field(description="历次公布，最近的在前")]


class ConsideredView(View):
    """A policy that was considered. `why_not`: the condition that does not match; null where all do."""

    name: Annotated[str, Field(description="策略的名称：地区、版本、序号", examples=["520123 v3 #1"])]
    policy: Annotated[PolicyView, Field(description="策略的内容", examples=[{"kind": "delivery", "order_days": 5}])]
    why_not: Annotated[
        str | None,
        Field(description="不符合的条件的名称，如 item_code；全部符合的为 null", examples=["item_code"]),
    ]

    @classmethod
    def of(cls, considered: PolicyCandidate) -> Self:
        """Return the view of a considered policy."""
        policy = considered.policy
        return cls(name=policy.name, policy=PolicyView.of(policy), why_not=considered.mismatch)


class TermView(View):
    """A period and its signals. `budget`, `extension`: in `unit`s; `order_days`: working days."""

    unit: Annotated[Unit, Field(description=f"期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])]
    budget: Annotated[int, Field(description="期限的长短，单位见 unit", examples=[10])]
    reminder: Annotated[MarkIn, Field(description="何时提醒", examples=[{"percent": 20, "units": 1}])]
    yellow: Annotated[MarkIn, Field(description="何时转黄灯", examples=[{"percent": 10, "units": 1}])]
    cut_off: Annotated[
        CutOff, Field(description=f"最后一日到何时届满：{values_of(texts.CUT_OFFS)}", examples=["24:00"])
    ]
    card: Annotated[
        str | None, Field(description="超期发什么牌：yellow 黄牌，red 红牌；不发的为 null", examples=["yellow"])
    ]
    order_days: Annotated[int, Field(description="黄牌要求几日内办结，工作日", examples=[3])]
    second_yellow: Annotated[
        SecondYellow,
        Field(description=f"何时因第二张黄牌发红牌：{values_of(texts.SECOND_YELLOWS)}", examples=["case"]),
    ]
    extension: Annotated[int, Field(description="热线工单最多延长多少，单位见 unit；其他为 0", examples=[0])]

    @classmethod
    def of(cls, term: Term) -> Self:
        """Return the view of a term."""
        return cls.model_validate(term, from_attributes=True)


class AppliedView(View):
    """`applied`: the policy that applies, null where the law and the item decide; `considered`: by their rank."""

    applied: Annotated[
        str | None,
        Field(description="适用的策略的名称：地区、版本、序号；按法律和事项规定的为 null", examples=["520123 v3 #2"]),
    ]
    why: Annotated[
        str,
        Field(description="为什么，中文，可以直接显示", examples=["520123 v3 #2 的适用条件全部符合，且排在最前。"]),
    ]
    term: Annotated[TermView, Field(description="适用的结果：期限的长短、提醒、灯和牌")]
    considered: Annotated[list[ConsideredView], Field(description="考虑过的策略，先看地区近的、条件具体的")]
