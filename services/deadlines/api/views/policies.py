"""Views of policies, and of the policy that applies to a clock."""

from datetime import datetime
from typing import Self

from bianmin.kit.bodies import View
from services.deadlines.api.bodies import MarkIn, PolicyIn
from services.deadlines.domain.periods.period import CutOff, Unit
from services.deadlines.domain.terms.policies import PolicyCandidate
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.term import SecondYellow, Term
from services.deadlines.handlers.publications import PublishedPolicies
from services.deadlines.store.documents import DocumentVersion
from services.deadlines.store.policies import policies_of


class PolicyView(PolicyIn, View):
    """A policy, as it can be sent back."""

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """Return the view of a policy."""
        return cls.model_validate(policy, from_attributes=True)


class PoliciesView(View):
    """All policies of a region, in the order in which it published them."""

    region: str
    version: int
    policies: list[PolicyView]

    @classmethod
    def of(cls, published: PublishedPolicies) -> Self:
        """Return the view of a region's policies."""
        policies = [PolicyView.of(policy) for policy in published.policies]
        return cls(region=published.region, version=published.version, policies=policies)


class PoliciesVersionView(View):
    """A publication of a region's policies."""

    version: int
    published_at: datetime
    published_by: str
    policies: list[PolicyView]

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

    items: list[PoliciesVersionView]


class ConsideredView(View):
    """A policy that was considered. `why_not`: the condition that does not match; null where all do."""

    name: str
    policy: PolicyView
    why_not: str | None

    @classmethod
    def of(cls, considered: PolicyCandidate) -> Self:
        """Return the view of a considered policy."""
        policy = considered.policy
        return cls(name=policy.name, policy=PolicyView.of(policy), why_not=considered.mismatch)


class TermView(View):
    """A period and its signals. `budget`, `extension`: in `unit`s; `order_days`: working days."""

    unit: Unit
    budget: int
    reminder: MarkIn
    yellow: MarkIn
    cut_off: CutOff
    card: str | None
    order_days: int
    second_yellow: SecondYellow
    extension: int

    @classmethod
    def of(cls, term: Term) -> Self:
        """Return the view of a term."""
        return cls.model_validate(term, from_attributes=True)


class AppliedView(View):
    """`applied`: the policy that applies, null where the law and the item decide; `considered`: by their rank."""

    applied: str | None
    why: str
    term: TermView
    considered: list[ConsideredView]
