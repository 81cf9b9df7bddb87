"""The rulebook: the calendars and the policies in force together."""

from collections.abc import Sequence

from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.term import ItemTerms, Term


class Rulebook:
    """The calendars and policies that clocks are counted by. Without policies the law and the items alone apply."""

    def __init__(self, calendars: Calendars, policies: Policies | None = None) -> None:
        self.calendars = calendars
        self.policies = Policies() if policies is None else policies

    def calendar_of(self, org: str) -> Calendar:
        """Return the calendar of an org."""
        return self.calendars.of(org)

    def applicable_terms(self, org: str, terms: Sequence[Term], item: ItemTerms | None) -> list[Term]:
        """Return the terms by the policies that apply where `org` is responsible, in order."""
        return [self.policies.apply(org, term, item) for term in terms]
