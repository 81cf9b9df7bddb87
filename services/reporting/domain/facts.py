"""The facts that figures are made of, as patches: what a batch of events says of each case, complaint, item and org.

A patch has what its events say and None elsewhere, and counts these events. Patches of one row may be added in any
order that keeps the order of each source: a field has one source, whose last value holds. `withdrawn_on` has two
sources: its earliest day holds.
"""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal

from bianmin.events.parts import Access, CardLevel, ComplaintKind, ComplaintOutcome, Dept, ItemFacts, Mode

NEVER = date.max
"""The day of something that did not happen after all: PostgreSQL stores it as `infinity`."""


@dataclass(slots=True)
class CasePatch:
    """One cycle of a case: reopening a case begins another one and leaves the earlier ones as they were.

    `promise_late`, `statutory_late`: whether the clock was missed; None as long as nobody knows. `first_on` to
    `last_on`: the days on which something happened that a figure counts. Events are counted with the first cycle.
    """

    case_id: str
    cycle: int = 1
    seen_intake: int = 0
    seen_routing: int = 0
    seen_deadlines: int = 0
    org: str | None = None
    accepting_org: str | None = None
    dept: Dept | None = None
    item_org: str | None = None
    item_code: str | None = None
    mode: Mode | None = None
    registered_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    withdrawn_on: date | None = None
    result: Literal["granted", "denied"] | None = None
    decided_on: date | None = None
    closed_on: date | None = None
    lapsed_on: date | None = None
    promise_due_on: date | None = None
    promise_late: bool | None = None
    promise_early: bool | None = None
    statutory_due_on: date | None = None
    statutory_late: bool | None = None
    first_on: date | None = None
    last_on: date | None = None

    def span(self, day: date) -> date:
        """Extend `first_on` to `last_on` by a day. Returns that day."""
        if self.first_on is None or day < self.first_on:
            self.first_on = day
        if self.last_on is None or day > self.last_on:
            self.last_on = day
        return day

    def classify(self, access: Access, item: ItemFacts) -> None:
        """Set by what the case is grouped: its orgs, department, item and mode."""
        self.org, self.accepting_org, self.dept = access.org, access.accepting_org, access.dept
        self.item_org, self.item_code, self.mode = item.org, item.code, item.mode


@dataclass(slots=True)
class CardPatch:
    """A card of a case; it stays when it is revoked, with the day of that."""

    card_id: str
    case_id: str
    cycle: int
    level: CardLevel
    org: str
    dept: str | None
    issued_on: date | None = None
    revoked_on: date | None = None


@dataclass(slots=True)
class ComplaintPatch:
    """A complaint. `recused`: ids of the staff who must not learn of it. `awaits_case`: not all of them are known."""

    complaint_id: str
    seen: int = 0
    case_id: str | None = None
    kind: ComplaintKind | None = None
    accused_org: str | None = None
    handler_org: str | None = None
    recused: tuple[str, ...] | None = None
    awaits_case: bool | None = None
    lodged_on: date | None = None
    outcome: ComplaintOutcome | None = None
    concluded_on: date | None = None


@dataclass(slots=True)
class ItemPatch:
    """A service item, and its name in the version published last."""

    org: str
    code: str
    seen: int = 0
    name: str | None = None


@dataclass(slots=True)
class OrgPatch:
    """An org and its name."""

    code: str
    seen: int = 0
    name: str | None = None


Patch = CasePatch | CardPatch | ComplaintPatch | ItemPatch | OrgPatch


@dataclass(slots=True)
class Patches:
    """The patches of a batch of events, by key.

    `unknown`: per (source, subject), the number of events of types that this program does not know.
    """

    cases: dict[tuple[str, int], CasePatch] = field(default_factory=dict)
    cards: dict[str, CardPatch] = field(default_factory=dict)
    complaints: dict[str, ComplaintPatch] = field(default_factory=dict)
    items: dict[str, ItemPatch] = field(default_factory=dict)
    orgs: dict[str, OrgPatch] = field(default_factory=dict)
    unknown: dict[tuple[str, str], int] = field(default_factory=dict)

    def case(self, case_id: str, cycle: int = 1) -> CasePatch:
        """Return the patch of one cycle of a case."""
        patch = self.cases.get((case_id, cycle))
        if patch is None:
            patch = self.cases[case_id, cycle] = CasePatch(case_id, cycle)
        return patch


def columns(patch: type[Patch]) -> tuple[str, ...]:
    """Return the names of the fields of a kind of patch: they are the columns of its table."""
    return tuple(each.name for each in fields(patch))
