"""Which of several policies applies to a term."""

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
    """A policy that may apply. `mismatch`: the name of the condition that does not agree, None where all do."""

    policy: Policy
    mismatch: str | None


class Policies:
    """The policies in force. The first in rank whose conditions agree applies, and no other.

    Where none applies, the term stays as the law and the item set it.
    """

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        grouped: dict[tuple[str, ClockKind], list[Policy]] = defaultdict(list)
        for policy in policies:
            grouped[policy.region, policy.kind].append(policy)
        self._ranked: Mapping[tuple[str, ClockKind], Sequence[Policy]] = {
            key: sorted(group, key=lambda policy: (*(not given for given in policy.rank[1:]), policy.number))
            for key, group in grouped.items()
        }

    def __bool__(self) -> bool:
        return bool(self._ranked)

    def candidates(self, org: str, term: Term, item: ItemTerms | None) -> list[PolicyCandidate]:
        """Return the policies for this kind of clock at an org and above it, the highest rank first."""
        if not self._ranked:
            return []
        found = [policy for place in upward(org) for policy in self._ranked.get((place, term.kind), ())]
        return [PolicyCandidate(policy, policy.mismatch(term, item)) for policy in found]

    def apply(self, org: str, term: Term, item: ItemTerms | None) -> Term:
        """Return the term by the policy that applies where `org` is responsible; unchanged where none does."""
        candidates = self.candidates(org, term, item)
        first = next((each.policy for each in candidates if each.mismatch is None), None)
        return term if first is None else first.apply(term, item)


@dataclass(frozen=True, slots=True)
class PublishPolicies:
    """Publish all policies of a region. `expected`: the version that it has published before, None for none."""

    region: str
    policies: tuple[Policy, ...]
    expected: int | None
    by: Cause
