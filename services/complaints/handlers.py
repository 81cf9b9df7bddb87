"""How complaints carries out its commands: load, decide, save, announce, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.actors import Actor, system
from bianmin.domain.complaint_access import may_see_complaint
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Work, decide_all
from bianmin.kit.dispatch import dispatch
from bianmin.kit.refusals import Refusal
from bianmin.kit.time_source import TZ
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.decide import Command as ComplaintCommand
from services.complaints.domain.decide import complaint_not_found, decide
from services.complaints.domain.facts import evolve
from services.complaints.domain.investigation import AssignInvestigator
from services.complaints.domain.lodging import LodgeComplaint
from services.complaints.domain.recusal import RecuseStaff
from services.complaints.domain.review import EscalateComplaint
from services.complaints.domain.transfers import LocateAccusedStaff, TransferComplaint
from services.complaints.store import awaited_cases, case_staff, directory, known_orgs
from services.complaints.store.complaints import load_complaints, read_complaints, save_complaints


@dataclass(frozen=True, slots=True)
class RecordOrgName:
    """Record the name of an org, as routing announced it."""

    code: str
    name: str
    by: Cause


@dataclass(frozen=True, slots=True)
class RecordCaseStaff:
    """Record that somebody worked on a case. `staff`: their ids."""

    case_id: UUID
    staff: tuple[str, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class RecordMember:
    """Record a member of staff, as routing announced them."""

    member: Actor
    by: Cause


Command = ComplaintCommand | RecordOrgName | RecordCaseStaff | RecordMember
_Record = RecordCaseStaff | RecordMember


async def _record_org_names(tx: Tx, commands: Sequence[RecordOrgName], now: datetime) -> Work[str, Complaint]:
    await known_orgs.save_orgs(tx, {command.code: command.name for command in commands})
    return Work(outcomes=[Done()] * len(commands))


async def _change_complaints(
    tx: Tx, commands: Sequence[ComplaintCommand | _Record], now: datetime
) -> Work[UUID, Complaint]:
    """What follows from new case staff and new members is decided with the other commands, so that the rows of all
    complaints are locked in one order."""
    following: list[ComplaintCommand] = [
        *await _record_members(tx, [c for c in commands if isinstance(c, RecordMember)], now),
        *await _record_case_staff(tx, [c for c in commands if isinstance(c, RecordCaseStaff)]),
    ]
    orders = [*following, *await _completed(tx, [c for c in commands if not isinstance(c, _Record)])]
    work = decide_all(
        await load_complaints(tx, {order.complaint_id for order in orders if not isinstance(order, LodgeComplaint)}),
        orders,
        key=lambda order: order.complaint_id,
        subject=str,
        decide=decide,
        evolve=evolve,
    )
    await save_complaints(tx, work.changed.values())
    outcomes = iter(work.outcomes[len(following) :])
    work.outcomes = [Done() if isinstance(command, _Record) else next(outcomes) for command in commands]
    return work


async def _record_members(tx: Tx, commands: Sequence[RecordMember], now: datetime) -> list[LocateAccusedStaff]:
    """Return the commands that follow: of the complaints about the members."""
    members = {command.member.id: command for command in commands}
    await directory.save_members(tx, [command.member for command in members.values()])
    return [
        LocateAccusedStaff(
            each.id,
            members[each.staff_id].member.org,
            now.astimezone(TZ).date(),
            replace(members[each.staff_id].by, actor=system(each.handler_org), chain=None),
        )
        for each in await directory.complaints_about(tx, members)
    ]


async def _record_case_staff(tx: Tx, commands: Sequence[RecordCaseStaff]) -> list[RecuseStaff]:
    """Return the recusals that follow: of the complaints about cases with new staff."""
    causes = {command.case_id: command.by for command in commands}
    pairs = [(command.case_id, staff) for command in commands for staff in command.staff]
    affected = await case_staff.add_case_staff(tx, pairs)
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
    cases = {command.case_id for command in lodgings if command.case_id}
    if cases or any(command.accused_staff for command in lodgings):
        await case_staff.lock_parties(tx)
    known_cases = await awaited_cases.known_cases(tx, cases)
    staff = await case_staff.staff_of_cases(tx, cases)
    members = await directory.members_by_id(tx, _members_named(commands))

    def completed(command: ComplaintCommand) -> ComplaintCommand:
        if isinstance(command, LodgeComplaint):
            worked_on_it = staff.get(command.case_id, frozenset()) if command.case_id else frozenset()
            accused = members.get(command.accused_staff or "")
            return replace(
                command,
                org_known=command.accused_org in known,
                case_staff=worked_on_it,
                awaits_case=command.case_id is not None and command.case_id not in known_cases,
                accused_staff_org=accused.org if accused else None,
            )
        if isinstance(command, AssignInvestigator):
            return replace(command, member=members.get(command.investigator))
        if isinstance(command, TransferComplaint):
            return replace(command, org_known=command.to_org in known)
        return command

    return [completed(command) for command in commands]


def _members_named(commands: Sequence[ComplaintCommand]) -> set[str]:
    accused = {each.accused_staff for each in commands if isinstance(each, LodgeComplaint) and each.accused_staff}
    return accused | {each.investigator for each in commands if isinstance(each, AssignInvestigator)}


async def check_repeats(tx: Tx, commands: Sequence[ComplaintCommand]) -> Sequence[Refusal | None]:
    """Return, for each command of a repeated request, the refusal where its actor may not see the complaint any more.

    Who asked for a review gave the complaint to the org above, and gets that answer again.
    """
    ids = {command.complaint_id for command in commands if not isinstance(command, LodgeComplaint)}
    complaints = await read_complaints(tx, ids)

    def refusal(command: ComplaintCommand) -> Refusal | None:
        complaint = complaints.get(command.complaint_id)
        if complaint is None or isinstance(command, LodgeComplaint):
            return None
        actor, parties = command.by.actor, complaint.parties
        if isinstance(command, EscalateComplaint):
            parties = replace(parties, handler_org=actor.org)
        return None if may_see_complaint(actor, parties) else complaint_not_found()

    return [refusal(command) for command in commands]


handle = dispatch(Command, {RecordOrgName: _record_org_names, ComplaintCommand | _Record: _change_complaints})
