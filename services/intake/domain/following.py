"""What the events of routing and deadlines change in a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events import deadlines, routing
from bianmin.events.envelope import Event
from bianmin.events.intake import CaseWithdrawn
from bianmin.events.parts import Access, EventData
from bianmin.kit.decide import Cause
from services.intake.domain.cards import CardEvent, follow_card
from services.intake.domain.case import Case, CaseChanges
from services.intake.domain.case_parts import CaseProcedure
from services.intake.domain.clocks import ClockEvent, follow_clock, is_notice_period, supplement_wait
from services.intake.domain.deeming import deem
from services.intake.domain.facts import CaseUpdated, Fact


@dataclass(frozen=True, slots=True)
class FollowCase:
    """Bring a case up to date with an event of another service."""

    case_id: UUID
    event: Event
    by: Cause


def follow(case: Case, command: FollowCase) -> Sequence[Fact]:
    """Return what the event changes; the end of the period for the notice may also have accepted the case by silence.

    Raises `ClockNotKnown` for an event of a clock that has not started.
    """
    event = command.event.data
    if event is None:
        return []
    changes = _changes(case, event)
    facts: list[Fact] = [CaseUpdated(case.with_changes(**changes))] if changes else []
    if (
        isinstance(event, deadlines.ClockRed)
        and is_notice_period(event.kind, event.stage)
        and case.status == "registered"
        and case.silence_accepts
        and case.notice_due_on == event.due_on
    ):
        facts.append(deem(case, event.due_on))
    return facts


def _changes(case: Case, event: EventData) -> CaseChanges:
    """The fields that the event changes, with their new values."""
    changes = CaseChanges()
    access: Access | None = getattr(event, "access", None)
    if access is not None:
        holders = tuple(Holder(office.org, office.dept) for office in access.holders)
        if holders != case.holders:
            changes["holders"] = holders
    match event:
        case routing.TaskReceived() | routing.AssistanceReceived() if case.status == "accepted":
            changes["status"] = "in_progress"
        case routing.ProcedureStarted():
            started = CaseProcedure(str(event.procedure_id), event.kind, event.expected_days, event.started_on)
            changes["status"] = "paused"
            changes["procedures"] = (*case.procedures, started)
        case routing.ProcedureEnded():
            changes["procedures"] = _procedures_after(case, event)
            if case.status == "paused" and all(each.ended_on for each in changes["procedures"]):
                changes["status"] = "in_progress"
        case routing.CaseGranted() | routing.CaseDenied():
            changes["status"] = "granted" if isinstance(event, routing.CaseGranted) else "denied"
            changes["decided_on"] = event.decided_on
            if case.accepted_on is None:
                # the deeming was being corrected when the case was decided: decision and deemed acceptance both stand
                changes["accepted_on"] = case.received_on
                changes["deemed"] = True
        case routing.CaseDelivered():
            changes["status"] = "delivered"
        case routing.AssistanceGiven() | routing.DisputeSettled() | routing.DisputeUnsettled():
            changes["status"] = "closed"
            changes["closed_on"] = event.closed_on
        case routing.CaseClosed():
            changes["closed_on"] = event.closed_on
            if case.status != "withdrawn":
                changes["status"] = "closed"
        case routing.CaseReopened():
            changes["status"] = "accepted"
            changes["cycle"] = event.cycle
            changes["decided_on"] = changes["closed_on"] = None
        case CaseWithdrawn():
            changes["status"] = "withdrawn"
            changes["withdrawal_pending"] = False
        case routing.WithdrawalRejected():
            changes["withdrawal_pending"] = False
    if isinstance(event, ClockEvent):
        changes["clocks"] = follow_clock(case.clocks, event)
        wait = supplement_wait(changes["clocks"], event)
        # the wait belongs to the notice of the day it starts on; an earlier notice holds no more
        if wait is not None and case.notice is not None and wait[0] == case.notice.noticed_on:
            changes["notice"] = replace(case.notice, wait_until=wait[1])
    elif isinstance(event, CardEvent):
        changes["cards"] = follow_card(case.cards, event)
    return changes


def _procedures_after(case: Case, event: routing.ProcedureEnded) -> tuple[CaseProcedure, ...]:
    ended = str(event.procedure_id)
    return tuple(replace(each, ended_on=event.ended_on) if each.id == ended else each for each in case.procedures)
