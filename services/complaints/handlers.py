"""How complaints carries out its commands: load, decide, save, announce, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Work, decide_all
from bianmin.kit.dispatch import dispatch
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.decide import Command as ComplaintCommand
from services.complaints.domain.decide import decide
from services.complaints.domain.facts import evolve
from services.complaints.domain.lodging import LodgeComplaint
from services.complaints.domain.recusal import RecuseStaff
from services.complaints.domain.transfers import TransferComplaint
from services.complaints.store import case_staff, known_orgs
from services.complaints.store.complaints import load_complaints, save_complaints


@dataclass(frozen=True, slots=True)
class RecordOrgName:
    """Record the name of an org, as routing announced it."""

    code: str
    name: str
    by: Cause


@dataclass(frozen=True, slots=True)
class RecordCaseStaff:
    """Record that somebody worked on a case."""

    case_id: UUID
    staff: str
    by: Cause


Command = ComplaintCommand | RecordOrgName | RecordCaseStaff


async def _record_org_names(tx: Tx, commands: Sequence[RecordOrgName], now: datetime) -> Work[str, Complaint]:
    await known_orgs.save_orgs(tx, {command.code: command.name for command in commands})
    return Work(outcomes=[Done()] * len(commands))


async def _change_complaints(
    tx: Tx, commands: Sequence[ComplaintCommand | RecordCaseStaff], now: datetime
) -> Work[UUID, Complaint]:
    """Recusals that follow from new case staff are decided with the other commands, so that the rows of all complaints
    are locked in one order."""
    recusals = await _record_case_staff(tx, [c for c in commands if isinstance(c, RecordCaseStaff)])
    orders = [*recusals, *await _completed(tx, [c for c in commands if not isinstance(c, RecordCaseStaff)])]
    work = decide_all(
        await load_complaints(tx, {order.complaint_id for order in orders if not isinstance(order, LodgeComplaint)}),
        orders,
        key=lambda order: order.complaint_id,
        subject=str,
        decide=decide,
        evolve=evolve,
    )
    await save_complaints(tx, work.changed.values())
    outcomes = iter(work.outcomes[len(recusals) :])
    work.outcomes = [Done() if isinstance(command, RecordCaseStaff) else next(outcomes) for command in commands]
    return work


async def _record_case_staff(tx: Tx, commands: Sequence[RecordCaseStaff]) -> list[RecuseStaff]:
    """Return the recusals that follow: of the complaints about cases with new staff."""
    causes = {command.case_id: command.by for command in commands}
    affected = await case_staff.add_case_staff(tx, [(command.case_id, command.staff) for command in commands])
    return [
        RecuseStaff(each.id, replace(causes[each.case_id], actor=system(each.handler_org), chain=None))
        for each in affected
    ]


async def _completed(tx: Tx, commands: Sequence[ComplaintCommand]) -> Sequence[ComplaintCommand]:
    """Return the commands with what the database knows of the orgs and cases that they name."""
    lodgings = [command for command in commands if isinstance(command, LodgeComplaint)]
    named = {command.accused_org for command in lodgings}
    named |= {command.to_org for command in commands if isinstance(command, TransferComplaint)}
    known = await known_orgs.known_orgs(tx, named)
    staff = await case_staff.staff_of_cases(tx, {command.case_id for command in lodgings if command.case_id})

    def completed(command: ComplaintCommand) -> ComplaintCommand:
        if isinstance(command, LodgeComplaint):
            worked_on_it = staff.get(command.case_id, frozenset()) if command.case_id else frozenset()
            return replace(command, org_known=command.accused_org in known, case_staff=worked_on_it)
        if isinstance(command, TransferComplaint):
            return replace(command, org_known=command.to_org in known)
        return command

    return [completed(command) for command in commands]


handle = dispatch(Command, {RecordOrgName: _record_org_names, ComplaintCommand | RecordCaseStaff: _change_complaints})
