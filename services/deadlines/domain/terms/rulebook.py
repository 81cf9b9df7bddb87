"""What clocks are counted and set by, as it is in force: calendars, and policies."""

from collections.abc import Sequence

from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.term import ItemTerms, Term


class Rulebook:
    def __init__(self, calendars: Calendars, policies: Policies | None = None) -> None:
        self.calendars = calendars
        self.policies = Policies() if policies is None else policies

    def calendar_of(self, org: str) -> Calendar:
        return self.calendars.of(org)

    def applicable_terms(self, org: str, to_keep: Sequence[Term], item: ItemTerms | None) -> list[Term]:
        """The terms as they are where `org` answers for them."""
        return [self.policies.apply(org, term, item) for term in to_keep]
