"""What the events of routing and deadlines change in the view of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bianmin.domain.access import Holder
from bianmin.events import routing
from bianmin.events.intake import CaseWithdrawn
from services.intake.domain.case import Case, Procedure
from services.intake.domain.clocks import CARD_EVENTS, CLOCK_EVENTS, awaited_until, follow_card, follow_clock


def follow(case: Case, event: Any) -> Mapping[str, Any]:
    """The fields of a case that an event of routing or deadlines changes, with what they become."""
    changes: dict[str, Any] = {}
    if access := getattr(event, "access", None):
        holders = tuple(Holder(office.org, office.dept) for office in access.holders)
        if holders != case.holders:
            changes["holders"] = holders
    match event:
        case routing.TaskReceived() if case.status == "accepted":
            changes["status"] = "in_progress"
        case routing.ProcedureStarted():
            new = Procedure(str(event.procedure_id), event.kind, event.expected_days, event.started_on)
            changes |= {"status": "paused", "procedures": (*case.procedures, new)}
        case routing.ProcedureEnded():
            changes |= _after_procedure(case, event)
        case routing.CaseGranted() | routing.CaseDenied():
            changes |= _decided(case, event)
        case routing.CaseDelivered():
            changes["status"] = "delivered"
        case routing.CaseClosed():
            # a withdrawn case stays withdrawn; the day it was closed is told all the same
            changes |= {"closed_on": event.closed_on} | ({} if case.status == "withdrawn" else {"status": "closed"})
        case routing.CaseReopened():
            changes |= {"status": "accepted", "cycle": event.cycle, "decided_on": None, "closed_on": None}
        case CaseWithdrawn():
            changes |= {"status": "withdrawn", "withdrawal_pending": False}
        case routing.WithdrawalRejected():
            changes["withdrawal_pending"] = False
    if isinstance(event, CLOCK_EVENTS):
        changes["clocks"] = follow_clock(case.clocks, event)
        changes |= _waiting(case, awaited_until(changes["clocks"], event))
    elif isinstance(event, CARD_EVENTS):
        changes["cards"] = follow_card(case.cards, event)
    return changes


def _waiting(case: Case, told: tuple[date, date] | None) -> Mapping[str, Any]:
    """Until when a supplement is waited for, by the calendar; of the notice that holds now, not of one before it."""
    if told is None or case.notice is None or told[0] != case.notice.noticed_on:
        return {}
    return {"notice": replace(case.notice, wait_until=told[1])}


def _after_procedure(case: Case, event: routing.ProcedureEnded) -> Mapping[str, Any]:
    procedures = tuple(
        replace(one, ended_on=event.ended_on) if one.id == str(event.procedure_id) else one for one in case.procedures
    )
    others = any(one.ended_on is None for one in procedures)
    return {"procedures": procedures} | ({} if others or case.status != "paused" else {"status": "in_progress"})


def _decided(case: Case, event: routing.CaseGranted | routing.CaseDenied) -> Mapping[str, Any]:
    status = "granted" if isinstance(event, routing.CaseGranted) else "denied"
    changes: dict[str, Any] = {"status": status, "decided_on": event.decided_on}
    if case.accepted_on is None:
        # decided while its acceptance by silence was being corrected: the decision stands, and so does that
        changes |= {"accepted_on": case.received_on, "deemed": True}
    return changes
