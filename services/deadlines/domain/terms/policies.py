"""Policies: what a region says of the periods that are its to set, and which of several applies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bianmin.events.parts import ClockKind
from bianmin.kit.decide import Cause
from services.deadlines.domain.calendar.regions import upward
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.term import ItemTerms, Term


@dataclass(frozen=True, slots=True)
class PolicyCandidate:
    """A policy that was looked at: `mismatch` is the condition that does not agree, None where all do."""

    policy: Policy
    mismatch: str | None


class Policies:
    """All that hold. Of those that are for a clock the first in rank applies, and nothing of the others; where none is,
    the law's and the item's own period does."""

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        of_kind: dict[tuple[str, ClockKind], list[Policy]] = defaultdict(list)
        for policy in policies:
            of_kind[policy.region, policy.kind].append(policy)
        self._of: Mapping[tuple[str, ClockKind], Sequence[Policy]] = {
            key: sorted(found, key=lambda each: (*(not known for known in each.rank[1:]), each.number))
            for key, found in of_kind.items()
        }

    def __bool__(self) -> bool:
        return bool(self._of)

    def candidates(self, org: str, term: Term, item: ItemTerms | None) -> list[PolicyCandidate]:
        """The policies of this kind at an org and above it, in the order of their rank."""
        if not self._of:
            return []
        found = [policy for place in upward(org) for policy in self._of.get((place, term.kind), ())]
        return [PolicyCandidate(policy, policy.mismatch(term, item)) for policy in found]

    def apply(self, org: str, term: Term, item: ItemTerms | None) -> Term:
        """The term as it is where `org` answers for it."""
        first = next((each.policy for each in self.candidates(org, term, item) if each.mismatch is None), None)
        return term if first is None else first.apply(term, item)


@dataclass(frozen=True, slots=True)
class PublishPolicies:
    """A region's policies, all of them. `seen`: the version the writer has seen, None where there was none."""

    region: str
    policies: tuple[Policy, ...]
    expected: int | None
    by: Cause
