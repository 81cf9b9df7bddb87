"""Folding events into patches. Every event of every service passes here, so its type is looked up and not matched."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.envelope import Event
from bianmin.events.parts import EventData
from bianmin.events.registry import source_of
from bianmin.kit.time_source import TZ
from services.reporting.domain.facts import (
    NEVER,
    CardPatch,
    CasePatch,
    ComplaintPatch,
    ItemPatch,
    OrgPatch,
    Patches,
)

INTAKE, ROUTING, DEADLINES, COMPLAINTS = map(source_of, ("intake", "routing", "deadlines", "complaints"))

Change = Callable[[CasePatch, Any], None]
"""Adds the data of one type of event to the patch of a case."""
MovedClock = deadlines.ClockResumed | deadlines.ClockExtended | deadlines.ClockRescheduled
ClockEvent = (
    deadlines.ClockStarted | MovedClock | deadlines.ClockLampTurned | deadlines.ClockRed | deadlines.ClockStopped
)


_NOT_COUNTED = (routing.StaffChanged, routing.DutyPublished, routing.CircuitScheduled, routing.CircuitClosed)


def is_counted(event: Event) -> bool:
    """Return whether an event is counted: all but those of staff, rosters, circuits, calendars and the clocks of
    complaints."""
    data = event.data
    if event.source != DEADLINES:
        return type(data) not in _NOT_COUNTED
    return type(data) is not deadlines.CalendarPublished and getattr(data, "subject_kind", "case") == "case"


def fold(events: Iterable[Event]) -> Patches:
    """Return the patches of these events, which have to be in order within each (source, subject)."""
    patches = Patches()
    for event in events:
        data, source = event.data, event.source
        if data is None:
            chain = source, event.subject
            patches.unknown[chain] = patches.unknown.get(chain, 0) + 1
        elif source in _ADD:
            _ADD[source](patches, event.subject, data)
    return patches


def _add_intake(patches: Patches, subject: str, data: EventData) -> None:
    if type(data) is intake.ItemPublished or type(data) is intake.ItemRetired:
        org, _, code = subject.partition("/")
        item = patches.items.setdefault(subject, ItemPatch(org, code))
        item.seen += 1
        if type(data) is intake.ItemPublished:
            item.name = data.item.name
        return
    case = patches.case(subject)
    case.seen_intake += 1
    change = _OF_INTAKE.get(type(data))
    if change is not None:
        change(case, data)


def _add_routing(patches: Patches, subject: str, data: EventData) -> None:
    if type(data) is routing.OrgChanged:
        org = patches.orgs.setdefault(subject, OrgPatch(subject))
        org.seen += 1
        org.name = data.name
        return
    case = patches.case(subject)
    case.seen_routing += 1
    change = _OF_ROUTING.get(type(data))
    if _has_cycle(type(data)):
        of_cycle: Any = data
        case = patches.case(subject, of_cycle.cycle)
    if change is not None:
        change(case, data)


@cache
def _has_cycle(kind: type[EventData]) -> bool:
    """Return whether events of a type name the cycle of the case; asking the event itself would be slow."""
    return "cycle" in kind.model_fields


def _add_deadlines(patches: Patches, subject: str, data: EventData) -> None:
    case = patches.case(subject)
    case.seen_deadlines += 1
    change = _OF_CLOCKS.get(type(data))
    if change is not None:
        clock: Any = data
        if clock.kind in ("promise", "statutory"):
            change(case if clock.cycle == 1 else patches.case(subject, clock.cycle), data)
    elif type(data) is deadlines.CardIssued:
        _card(patches, subject, data).issued_on = data.issued_at.astimezone(TZ).date()
    elif type(data) is deadlines.CardRevoked:
        _card(patches, subject, data).revoked_on = data.revoked_at.astimezone(TZ).date()


def _add_complaints(patches: Patches, subject: str, data: Any) -> None:
    complaint = patches.complaints.get(subject)
    if complaint is None:
        complaint = patches.complaints[subject] = ComplaintPatch(subject)
    complaint.seen += 1
    complaint.accused_org, complaint.handler_org, complaint.recused = data.accused_org, data.handler_org, data.recused
    complaint.awaits_case = data.awaits_case
    if type(data) is complaints.ComplaintLodged:
        complaint.kind, complaint.lodged_on = data.kind, data.lodged_on
        complaint.case_id = str(data.case_id) if data.case_id is not None else None
    elif type(data) is complaints.ComplaintAccepted:
        complaint.kind = data.kind
    elif type(data) is complaints.ComplaintConcluded:
        complaint.outcome, complaint.concluded_on = data.outcome, data.concluded_on


_ADD: Mapping[str, Callable[[Patches, str, EventData], None]] = {
    INTAKE: _add_intake,
    ROUTING: _add_routing,
    DEADLINES: _add_deadlines,
    COMPLAINTS: _add_complaints,
}


def _registered(case: CasePatch, data: intake.CaseRegistered) -> None:
    case.classify(data.access, data.item)
    case.registered_on = case.span(data.received_on)


def _accepted(case: CasePatch, data: intake.CaseAccepted | intake.CaseDeemedAccepted) -> None:
    case.classify(data.access, data.item)
    case.accepted_on = case.span(data.accepted_on)


def _deeming_corrected(case: CasePatch, data: intake.DeemingCorrected) -> None:
    case.accepted_on = NEVER


def _lapsed(case: CasePatch, data: intake.CaseLapsed) -> None:
    case.lapsed_on = case.span(data.lapsed_on)


def _lapse_corrected(case: CasePatch, data: intake.LapseCorrected) -> None:
    case.lapsed_on = NEVER


def _refused(case: CasePatch, data: intake.CaseRefused) -> None:
    case.refused_on = case.span(data.refused_on)


def _withdrawn(case: CasePatch, data: intake.CaseWithdrawn) -> None:
    day = case.span(data.withdrawn_on)
    case.withdrawn_on = day if case.withdrawn_on is None else min(case.withdrawn_on, day)


_OF_INTAKE: Mapping[type[EventData], Change] = {
    intake.CaseRegistered: _registered,
    intake.CaseAccepted: _accepted,
    intake.CaseDeemedAccepted: _accepted,
    intake.DeemingCorrected: _deeming_corrected,
    intake.CaseLapsed: _lapsed,
    intake.LapseCorrected: _lapse_corrected,
    intake.CaseRefused: _refused,
    intake.CaseWithdrawn: _withdrawn,
}


def _reopened(case: CasePatch, data: routing.CaseReopened) -> None:
    case.classify(data.access, data.item)


def _granted(case: CasePatch, data: routing.CaseGranted) -> None:
    case.result, case.decided_on = "granted", case.span(data.decided_on)


def _denied(case: CasePatch, data: routing.CaseDenied) -> None:
    case.result, case.decided_on = "denied", case.span(data.decided_on)


def _closed(case: CasePatch, data: routing.CaseClosed) -> None:
    case.closed_on = case.span(data.closed_on)


_Ending = routing.AssistanceGiven | routing.DisputeSettled | routing.DisputeUnsettled


def _ended(case: CasePatch, data: _Ending) -> None:
    """A case that ends without a decision: its periods are judged by the day on which it ends."""
    case.decided_on = case.closed_on = case.span(data.closed_on)


_OF_ROUTING: Mapping[type[EventData], Change] = {
    routing.CaseReopened: _reopened,
    routing.CaseGranted: _granted,
    routing.CaseDenied: _denied,
    routing.CaseClosed: _closed,
    routing.AssistanceGiven: _ended,
    routing.DisputeSettled: _ended,
    routing.DisputeUnsettled: _ended,
    intake.CaseWithdrawn: _withdrawn,
}


def _clock_started(case: CasePatch, clock: deadlines.ClockStarted) -> None:
    _set_clock(case, clock)


def _clock_moved(case: CasePatch, clock: MovedClock) -> None:
    if clock.due_on is not None:
        # a clock that was missed is not any more when its end moved behind the present
        _set_clock(case, clock, late=clock.lamp == "red")


def _lamp_turned(case: CasePatch, clock: deadlines.ClockLampTurned) -> None:
    _set_clock(case, clock, late=clock.lamp == "red")


def _clock_missed(case: CasePatch, clock: deadlines.ClockRed) -> None:
    _set_clock(case, clock, late=True)


def _clock_stopped(case: CasePatch, clock: deadlines.ClockStopped) -> None:
    # the last word: a red clock may turn out to have been stopped in time
    _set_clock(case, clock, late=clock.late, early=clock.early)


_OF_CLOCKS: Mapping[type[EventData], Change] = {
    deadlines.ClockStarted: _clock_started,
    deadlines.ClockResumed: _clock_moved,
    deadlines.ClockExtended: _clock_moved,
    deadlines.ClockRescheduled: _clock_moved,
    deadlines.ClockLampTurned: _lamp_turned,
    deadlines.ClockRed: _clock_missed,
    deadlines.ClockStopped: _clock_stopped,
}


def _set_clock(case: CasePatch, clock: ClockEvent, late: bool | None = None, early: bool | None = None) -> None:
    """Set what an event of a promise or statutory clock says; None leaves it as it is."""
    if late and clock.due_on is not None:
        case.span(clock.due_on)
    if clock.kind == "promise":
        case.promise_due_on = clock.due_on or case.promise_due_on
        case.promise_late = case.promise_late if late is None else late
        case.promise_early = case.promise_early if early is None else early
    else:
        case.statutory_due_on = clock.due_on or case.statutory_due_on
        case.statutory_late = case.statutory_late if late is None else late


def _card(patches: Patches, subject: str, data: deadlines.CardIssued | deadlines.CardRevoked) -> CardPatch:
    key = str(data.card_id)
    card = patches.cards.get(key)
    if card is None:
        card = CardPatch(key, subject, data.cycle, data.level, data.org, data.dept)
        patches.cards[key] = card
    return card
