"""What a batch of events says, as one patch per case, complaint, item and org.

A patch sets what its events' owner says and leaves the rest None, and counts what it was made of. Patches of one row
add up in any order that keeps each source's own: a field has one source, whose later word holds; `withdrawn_on`, which
has two, and the span of days keep their extremes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.envelope import Event
from bianmin.events.parts import Access, CardLevel, ComplaintKind, ComplaintOutcome, Dept, ItemFacts, Mode
from bianmin.events.registry import source_of
from bianmin.kit.time_source import TZ

INTAKE, ROUTING, DEADLINES, COMPLAINTS = map(source_of, ("intake", "routing", "deadlines", "complaints"))


NEVER = date.max
"""A day on which nothing happened after all: PostgreSQL keeps it as `infinity`."""


@dataclass(slots=True)
class CasePatch:
    """One cycle of a case: what was decided and set aside stays as it was. Events are counted with the first.

    `promise_late` and `statutory_late`: None while it is open whether that day was kept.

    `first_on` to `last_on` spans the days on which something happened that figures count.
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

    def happened(self, day: date) -> date:
        """Widen the span to `day`, and give it back."""
        if self.first_on is None or day < self.first_on:
            self.first_on = day
        if self.last_on is None or day > self.last_on:
            self.last_on = day
        return day


@dataclass(slots=True)
class CardPatch:
    """A card of a case: never gone, and counted apart once it was revoked."""

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
    complaint_id: str
    seen: int = 0
    case_id: str | None = None
    kind: ComplaintKind | None = None
    accused_org: str | None = None
    handler_org: str | None = None
    recused: tuple[str, ...] | None = None
    lodged_on: date | None = None
    outcome: ComplaintOutcome | None = None
    concluded_on: date | None = None


@dataclass(slots=True)
class ItemPatch:
    org: str
    code: str
    seen: int = 0
    name: str | None = None


@dataclass(slots=True)
class OrgPatch:
    code: str
    seen: int = 0
    name: str | None = None


@dataclass(slots=True)
class Patches:
    """All that a batch of events says. `strange`: per (source, subject), events of types that it cannot read."""

    cases: dict[tuple[str, int], CasePatch] = field(default_factory=dict)
    cards: dict[str, CardPatch] = field(default_factory=dict)
    complaints: dict[str, ComplaintPatch] = field(default_factory=dict)
    items: dict[str, ItemPatch] = field(default_factory=dict)
    orgs: dict[str, OrgPatch] = field(default_factory=dict)
    strange: dict[tuple[str, str], int] = field(default_factory=dict)


def columns(
    patch: type[CasePatch] | type[CardPatch] | type[ComplaintPatch] | type[ItemPatch] | type[OrgPatch],
) -> tuple[str, ...]:
    return tuple(each.name for each in fields(patch))


def concerns(event: Event) -> bool:
    """Whether figures are made of it: everything is, but calendars, and the clocks of complaints."""
    if event.source != DEADLINES:
        return True
    about_calendar = isinstance(event.data, deadlines.CalendarPublished)
    return not about_calendar and getattr(event.data, "subject_kind", "case") == "case"


def fold(events: Iterable[Event]) -> Patches:
    """The events, in order within each (source, subject), as patches."""
    patches = Patches()
    for event in events:
        if event.data is None:
            chain = event.source, event.subject
            patches.strange[chain] = patches.strange.get(chain, 0) + 1
        elif event.source == INTAKE:
            _intake(patches, event.subject, event.data)
        elif event.source == ROUTING:
            _routing(patches, event.subject, event.data)
        elif event.source == DEADLINES:
            _deadlines(patches, event.subject, event.data)
        elif event.source == COMPLAINTS:
            _complaints(patches, event.subject, event.data)
    return patches


def _case(patches: Patches, case_id: str, cycle: int = 1) -> CasePatch:
    known = patches.cases.get((case_id, cycle))
    if known is None:
        known = patches.cases[case_id, cycle] = CasePatch(case_id, cycle)
    return known


def _intake(patches: Patches, subject: str, data: Any) -> None:
    match data:
        case intake.ItemPublished() | intake.ItemRetired():
            org, _, code = subject.partition("/")
            item = patches.items.setdefault(subject, ItemPatch(org, code))
            item.seen += 1
            if isinstance(data, intake.ItemPublished):
                item.name = data.item.name
            return
    case = _case(patches, subject)
    case.seen_intake += 1
    match data:
        case intake.CaseRegistered():
            _classify(case, data.access, data.item)
            case.registered_on = case.happened(data.received_on)
        case intake.CaseAccepted() | intake.CaseDeemedAccepted():
            _classify(case, data.access, data.item)
            case.accepted_on = case.happened(data.accepted_on)
        case intake.DeemingCorrected():
            case.accepted_on = NEVER
        case intake.CaseLapsed():
            case.lapsed_on = case.happened(data.lapsed_on)
        case intake.LapseCorrected():
            case.lapsed_on = NEVER
        case intake.CaseRefused():
            case.refused_on = case.happened(data.refused_on)
        case intake.CaseWithdrawn():
            _withdraw(case, data.withdrawn_on)


def _classify(case: CasePatch, access: Access, item: ItemFacts) -> None:
    case.org, case.accepting_org, case.dept = access.org, access.accepting_org, access.dept
    case.item_org, case.item_code, case.mode = item.org, item.code, item.mode


def _withdraw(case: CasePatch, day: date) -> None:
    case.happened(day)
    case.withdrawn_on = day if case.withdrawn_on is None else min(case.withdrawn_on, day)


def _routing(patches: Patches, subject: str, data: Any) -> None:
    if isinstance(data, routing.OrgChanged):
        org = patches.orgs.setdefault(subject, OrgPatch(subject))
        org.seen += 1
        org.name = data.name
        return
    _case(patches, subject).seen_routing += 1
    case = _case(patches, subject, getattr(data, "cycle", 1))
    match data:
        case routing.CaseReopened():
            _classify(case, data.access, data.item)
        case routing.CaseGranted():
            case.result, case.decided_on = "granted", case.happened(data.decided_on)
        case routing.CaseDenied():
            case.result, case.decided_on = "denied", case.happened(data.decided_on)
        case routing.CaseClosed():
            case.closed_on = case.happened(data.closed_on)
        case intake.CaseWithdrawn():
            _withdraw(case, data.withdrawn_on)


def _deadlines(patches: Patches, subject: str, data: Any) -> None:
    _case(patches, subject).seen_deadlines += 1
    match data:
        case deadlines.ClockStarted():
            _judge(patches, subject, data)
        case (
            deadlines.ClockResumed(due_on=due_on, lamp=lamp)
            | deadlines.ClockExtended(due_on=due_on, lamp=lamp)
            | deadlines.ClockRescheduled(due_on=due_on, lamp=lamp)
        ) if due_on is not None:
            # where the end has moved away from what was late, it is not
            _judge(patches, subject, data, late=lamp == "red")
        case deadlines.ClockLampTurned(lamp=lamp):
            _judge(patches, subject, data, late=lamp == "red")
        case deadlines.ClockRed():
            _judge(patches, subject, data, late=True)
        case deadlines.ClockStopped(late=late, early=early):
            _judge(patches, subject, data, late=late, early=early)
        case deadlines.CardIssued(issued_at=at):
            _card(patches, subject, data).issued_on = at.astimezone(TZ).date()
        case deadlines.CardRevoked(revoked_at=at):
            _card(patches, subject, data).revoked_on = at.astimezone(TZ).date()


def _judge(patches: Patches, subject: str, clock: Any, late: bool | None = None, early: bool | None = None) -> None:
    """What a clock says. The stop has the last word: a red one may turn out to have been stopped in time."""
    if clock.kind not in ("promise", "statutory"):
        return
    case = _case(patches, subject, clock.cycle)
    if late and clock.due_on is not None:
        case.happened(clock.due_on)
    if clock.kind == "promise":
        case.promise_due_on = clock.due_on or case.promise_due_on
        case.promise_late = case.promise_late if late is None else late
        case.promise_early = case.promise_early if early is None else early
    else:
        case.statutory_due_on = clock.due_on or case.statutory_due_on
        case.statutory_late = case.statutory_late if late is None else late


def _card(patches: Patches, subject: str, told: deadlines.CardIssued | deadlines.CardRevoked) -> CardPatch:
    key = str(told.card_id)
    if key not in patches.cards:
        patches.cards[key] = CardPatch(key, subject, told.cycle, told.level, told.org, told.dept)
    return patches.cards[key]


def _complaints(patches: Patches, subject: str, data: Any) -> None:
    complaint = patches.complaints.get(subject)
    if complaint is None:
        complaint = patches.complaints[subject] = ComplaintPatch(subject)
    complaint.seen += 1
    complaint.accused_org, complaint.handler_org, complaint.recused = data.accused_org, data.handler_org, data.recused
    match data:
        case complaints.ComplaintLodged():
            complaint.kind, complaint.lodged_on = data.kind, data.lodged_on
            complaint.case_id = str(data.case_id) if data.case_id is not None else None
        case complaints.ComplaintAccepted():
            complaint.kind = data.kind
        case complaints.ComplaintConcluded():
            complaint.outcome, complaint.concluded_on = data.outcome, data.concluded_on
