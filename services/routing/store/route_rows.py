"""Rows of routes, tasks, special procedures and extensions, and the states they stand for.

Routes and tasks are converted by hand: they are loaded and saved for every command, and a `Codec` takes twice as long.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bianmin.domain.access import Holder, seen_by
from bianmin.events.parts import ItemFacts
from bianmin.kit.codec import Codec
from bianmin.kit.sets import Row
from bianmin.kit.time_source import TZ
from services.routing.domain.route import (
    DeliveryReceipt,
    DenialFiling,
    Extension,
    Mediation,
    PastCycle,
    Reply,
    Route,
    SpecialProcedure,
    StatutoryEnd,
)
from services.routing.domain.task import Task
from services.routing.store.tables import ExtensionRow, FilingRow, MediationRow, ProcedureRow, routes, tasks

mediation_codec = Codec(MediationRow, Mediation)
procedure_codec = Codec(ProcedureRow, SpecialProcedure)
extension_codec = Codec(ExtensionRow, Extension, unmapped=("office_org", "office_dept"))
filing_codec = Codec(FilingRow, DenialFiling, unmapped=("office_org", "office_dept"))
_NEVER_CHANGED = frozenset({"case_id", "cycle", "days", "unit", "reason", "requested_on", "requested_by"})
"""Columns of an extension that an update leaves as they are."""

_IN_BOTH_TABLES = frozenset(routes.columns.keys()) & frozenset(tasks.columns.keys()) - {"case_id"}
ROUTE_COLUMNS: Sequence[Any] = [
    column.label(f"route_{column.name}") if column.name in _IN_BOTH_TABLES else column for column in routes.columns
]
"""The columns of a route in a row that also holds a task: `route_status` and so on where the task has the name too."""
TASK_COLUMNS: Sequence[Any] = [column for column in tasks.columns if column.name not in ("case_id", "changed_at")]


def route_of(
    row: Row,
    tasks: Iterable[Task],
    procedures: Iterable[SpecialProcedure],
    extensions: Iterable[Extension],
    mediations: Iterable[Mediation],
    filings: Iterable[DenialFiling],
) -> Route:
    """The route that a row of `ROUTE_COLUMNS` stands for, with all that belongs to it."""
    return Route(
        case_id=row["case_id"],
        case_no=row["case_no"],
        item=ItemFacts.model_validate(row["item"]),
        org=row["org"],
        accepting_org=row["accepting_org"],
        dept=row["dept"],
        tasks=tuple(tasks),
        status=row["route_status"],
        decided_on=row["decided_on"],
        delivered=_receipt_of(row),
        reply=row["replied_on"] and Reply(row["reply_method"], row["replied_on"], row["reply_text"]),
        closed_on=row["closed_on"],
        procedures=tuple(procedures),
        extensions=tuple(extensions),
        mediations=tuple(mediations),
        filings=tuple(filings),
        statutory_end=row["legal_clock"] and StatutoryEnd(row["legal_clock"], in_county_time(row["legal_due_at"])),
        cycle=row["route_cycle"],
        past=tuple(_past_cycle_of(stored) for stored in row["past"]),
        sequence=row["sequence"],
        version=row["version"],
    )


def _receipt_of(row: Row) -> DeliveryReceipt | None:
    if row["delivered_on"] is None:
        return None
    return DeliveryReceipt(row["delivery_method"], row["delivered_on"], row["signed_by"])


def _past_cycle_of(stored: Mapping[str, Any]) -> PastCycle:
    decided_on, delivered_on, closed_on = (
        stored[name] and date.fromisoformat(stored[name]) for name in ("decided_on", "delivered_on", "closed_on")
    )
    receipt = None
    if delivered_on is not None:
        receipt = DeliveryReceipt(stored["delivery_method"], delivered_on, bytes.fromhex(stored["signed_by"]))
    reason = bytes.fromhex(stored["reason"])
    reply = None
    if stored.get("replied_on") is not None:
        replied_on = date.fromisoformat(stored["replied_on"])
        reply = Reply(stored["reply_method"], replied_on, bytes.fromhex(stored["reply_text"]))
    return PastCycle(stored["cycle"], stored["status"], decided_on, receipt, closed_on, reason, reply)


def task_of(row: Row) -> Task:
    """The task that a row stands for."""
    return Task(
        id=row["id"],
        case_id=row["case_id"],
        place=row["place"],
        seq=row["seq"],
        kind=row["kind"],
        office=Holder(row["office_org"], row["office_dept"]),
        status=row["status"],
        assignee=row["assignee"],
        received_at=in_county_time(row["received_at"]),
        done_at=in_county_time(row["done_at"]),
        opinion=row["opinion"],
        note=row["note"],
        reason_code=row["reason_code"],
        legal_basis=row["legal_basis"],
        cycle=row["cycle"],
        group=row["step_group"],
        assigned_on=row["assigned_on"],
        verified_by=row["verified_by"],
        recused=tuple(row["recused"]),
        objection=row["objection"],
        result=row["result"],
        escalated_to=row["escalated_to"],
    )


def in_county_time(moment: datetime | None) -> datetime | None:
    """The moment in the county's time zone."""
    return moment and moment.astimezone(TZ)


def new_route_row(route: Route) -> dict[str, Any]:
    """The whole row of a route."""
    return {
        **changed_route_row(route),
        **history_row(route),
        "case_no": route.case_no,
        "item": route.item,
        "org": route.org,
        "accepting_org": route.accepting_org,
        "dept": route.dept,
    }


def changed_route_row(route: Route) -> dict[str, Any]:
    """The columns of a route that commands change often."""
    receipt, end = route.delivered, route.statutory_end
    return {
        "case_id": route.case_id,
        "status": route.status,
        "decided_on": route.decided_on,
        "delivered_on": receipt and receipt.delivered_on,
        "delivery_method": receipt and receipt.method,
        "signed_by": receipt and receipt.signed_by,
        "closed_on": route.closed_on,
        "cycle": route.cycle,
        "legal_clock": end and end.clock_id,
        "legal_due_at": end and end.due_at,
        "procedures": len(route.procedures),
        "extensions": len(route.extensions),
        "sequence": route.sequence,
        "version": route.version,
    }


def history_row(route: Route) -> dict[str, Any]:
    """The columns that change seldom (`same_history`): several of them are expensive to write."""
    reply = route.reply
    return {
        "seen_by": seen_by(route.reach),
        "past": [_past_cycle_row(cycle) for cycle in route.past],
        "reply_method": reply and reply.method,
        "replied_on": reply and reply.replied_on,
        "reply_text": reply and reply.text,
        "mediations": len(route.mediations),
        "filings": len(route.filings),
    }


def same_history(was: Route, now: Route) -> bool:
    """Whether the columns of `history_row` are the same in both states of a route."""
    return (
        was.holders == now.holders
        and was.past == now.past
        and was.reply == now.reply
        and was.mediations == now.mediations
        and len(was.filings) == len(now.filings)
    )


def _past_cycle_row(past: PastCycle) -> dict[str, Any]:
    receipt = past.delivered
    return {
        "cycle": past.cycle,
        "status": past.status,
        "decided_on": past.decided_on,
        "delivered_on": receipt and receipt.delivered_on,
        "delivery_method": receipt and receipt.method,
        "signed_by": receipt and receipt.signed_by.hex(),
        "closed_on": past.closed_on,
        "reason": past.reason.hex(),
        "reply_method": past.reply and past.reply.method,
        "replied_on": past.reply and past.reply.replied_on,
        "reply_text": past.reply and past.reply.text.hex(),
    }


def new_task_row(task: Task) -> dict[str, Any]:
    """The whole row of a task."""
    return {
        **changed_task_row(task),
        "case_id": task.case_id,
        "place": task.place,
        "seq": task.seq,
        "kind": task.kind,
        "office_org": task.office.org,
        "office_dept": task.office.dept,
        "cycle": task.cycle,
        "step_group": task.group,
    }


def changed_task_row(task: Task) -> dict[str, Any]:
    """The columns of a task that commands change."""
    return {
        "id": task.id,
        "status": task.status,
        "assignee": task.assignee,
        "received_at": task.received_at,
        "done_at": task.done_at,
        "opinion": task.opinion,
        "note": task.note,
        "reason_code": task.reason_code,
        "legal_basis": task.legal_basis,
        "assigned_on": task.assigned_on,
        "verified_by": task.verified_by,
        "recused": task.recused,
        "objection": task.objection,
        "result": task.result,
        "escalated_to": task.escalated_to,
    }


def new_extension_row(route: Route, extension: Extension) -> dict[str, Any]:
    """The whole row of an extension, with the office that decides the case."""
    office = route.deciding_office
    return {**extension_codec.row(extension), "office_org": office.org, "office_dept": office.dept}


def changed_extension_row(extension: Extension) -> dict[str, Any]:
    """The columns of an extension that an answer changes."""
    return extension_codec.row(extension, without=_NEVER_CHANGED)


_NEVER_CHANGED_OF_FILING = frozenset(
    {"case_id", "cycle", "facts", "reason", "legal_basis", "missing", "filed_on", "filed_by"}
)
"""Columns of a filing that an update leaves as they are."""


def new_filing_row(route: Route, filing: DenialFiling) -> dict[str, Any]:
    """The whole row of a filing, with the office that decides the case."""
    office = route.deciding_office
    return {**filing_codec.row(filing), "office_org": office.org, "office_dept": office.dept}


def changed_filing_row(filing: DenialFiling) -> dict[str, Any]:
    """The columns of a filing that an answer changes."""
    return filing_codec.row(filing, without=_NEVER_CHANGED_OF_FILING)
