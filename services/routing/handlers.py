"""Carry out commands: load, decide, save. One function for the directory, one for routes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Done, Outcome, Refused, Work, decide_all
from bianmin.kit.dispatch import dispatch
from bianmin.kit.refusals import Refusal
from services.routing.domain import decide, facts
from services.routing.domain.assignment import AssignmentCommand
from services.routing.domain.circuits.circuit import (
    Booking,
    Circuit,
    CircuitCommand,
    CircuitFact,
    PlanCircuit,
    bookings_in,
    decide_circuit,
    evolve_circuit,
)
from services.routing.domain.decide import CaseCommand, Command, RouteCommand
from services.routing.domain.directory import decide as directory_decide
from services.routing.domain.directory import facts as directory_facts
from services.routing.domain.directory.decide import DirectoryCommand, OrgCommand
from services.routing.domain.directory.divisions import (
    ImportOrgs,
    ImportResult,
    check_edit,
    codes_to_load,
    orgs_to_put,
)
from services.routing.domain.directory.editing import EditOrg, OpenOffice
from services.routing.domain.directory.org import Org
from services.routing.domain.directory.staff import AddStaff, StaffMember, add_staff, staff_changed, subject_of
from services.routing.domain.extensions import AnswerExtension
from services.routing.domain.filings import AnswerFiling
from services.routing.domain.rosters.roster import (
    PutRoster,
    RecordDays,
    Roster,
    RosterSurroundings,
    published,
    put_roster,
)
from services.routing.domain.route import Route
from services.routing.domain.tasks import TaskCommand
from services.routing.store import circuits, directory, rosters, routes

_UNKNOWN_CASE = UUID(int=0)
"""Stands for the case of a task, extension or filing that does not exist."""


async def _change_routes(tx: Tx, commands: Sequence[RouteCommand], now: datetime) -> Work[UUID, Route]:
    case_ids = [command.case_id for command in commands if isinstance(command, CaseCommand)]
    task_ids = [command.task_id for command in commands if isinstance(command, TaskCommand | AssignmentCommand)]
    extension_ids = [command.extension_id for command in commands if isinstance(command, AnswerExtension)]
    filing_ids = [command.filing_id for command in commands if isinstance(command, AnswerFiling)]
    states = await routes.load(tx, case_ids, task_ids, extension_ids, filing_ids)
    before = dict(states)
    case_of = {task.id: case_id for case_id, route in states.items() for task in route.tasks}
    case_of |= {extension.id: case_id for case_id, route in states.items() for extension in route.extensions}
    case_of |= {filing.id: case_id for case_id, route in states.items() for filing in route.filings}

    def key(command: RouteCommand) -> UUID:
        if isinstance(command, CaseCommand):
            return command.case_id
        return case_of.get(_id_in(command), _UNKNOWN_CASE)

    work = decide_all(states, commands, key=key, subject=str, decide=decide.decide, evolve=facts.evolve)
    await routes.save(tx, before, work.changed)
    return work


def _id_in(command: AnswerExtension | AnswerFiling | TaskCommand | AssignmentCommand) -> UUID:
    """The id of the extension, filing or task that a command names instead of its case."""
    match command:
        case AnswerExtension():
            return command.extension_id
        case AnswerFiling():
            return command.filing_id
        case _:
            return command.task_id


@dataclass(slots=True)
class _DirectoryBatch:
    """The orgs and staff ids that a batch of commands needs, as its commands change them one after the other."""

    orgs: dict[str, Org]
    staff_ids: set[str]
    changed: dict[str, Org] = field(default_factory=dict)
    added: list[StaffMember] = field(default_factory=list)
    announced: list[Announcement] = field(default_factory=list)

    def carry_out(self, command: DirectoryCommand) -> Outcome:
        """Carry out one command. Raises its `Refusal`, then nothing has changed."""
        match command:
            case ImportOrgs():
                puts = orgs_to_put(command, self.orgs)
                known = len(self.orgs.keys() & {put.code for put in puts})
                changed = len(self._decide(puts).changed)
                created = len(puts) - known
                return Done(ImportResult(created, changed - created, len(puts) - changed))
            case EditOrg():
                check_edit(command, self.orgs)
                return self._decide([command]).outcomes[0]
            case OpenOffice():
                return self._decide([command]).outcomes[0]
            case AddStaff(member):
                self.added.append(add_staff(command, self.orgs.get(member.org), id_taken=member.id in self.staff_ids))
                self.staff_ids.add(member.id)
                self.announced.append(Announcement(subject_of(member), 1, staff_changed(member), command.by))
                return Done(member)
        assert_never(command)

    def _decide(self, commands: Sequence[OrgCommand]) -> Work[str, Org]:
        work = decide_all(
            self.orgs,
            commands,
            key=lambda command: command.code,
            subject=str,
            decide=directory_decide.decide,
            evolve=directory_facts.evolve,
        )
        self.changed.update(work.changed)
        self.announced += work.announced
        return work


async def _change_directory(tx: Tx, commands: Sequence[DirectoryCommand], now: datetime) -> Work[str, Org]:
    await directory.lock(tx)
    orgs = await directory.load_orgs(tx, {code for command in commands for code in _codes_needed(command)})
    before = dict(orgs)
    ids = [command.member.id for command in commands if isinstance(command, AddStaff)]
    batch = _DirectoryBatch(orgs, await directory.existing_staff_ids(tx, ids) if ids else set())
    outcomes: list[Outcome] = []
    for command in commands:
        try:
            outcomes.append(batch.carry_out(command))
        except Refusal as refusal:
            outcomes.append(Refused(refusal))
    await directory.save_orgs(tx, before, batch.changed)
    await directory.save_staff(tx, batch.added)
    return Work(outcomes=outcomes, changed=batch.changed, announced=batch.announced)


def _codes_needed(command: DirectoryCommand) -> Iterable[str]:
    match command:
        case ImportOrgs(divisions):
            for division in divisions:
                yield from codes_to_load(division.code)
        case EditOrg() | OpenOffice():
            yield from codes_to_load(command.code)
        case AddStaff():
            yield command.member.org


async def _put_rosters(tx: Tx, commands: Sequence[PutRoster], now: datetime) -> Work[str, Roster]:
    await directory.lock(tx)
    wanted = {command.roster.org for command in commands}
    known = await rosters.load_rosters(tx, wanted)
    ids = {id for command in commands for each in command.roster.rotation for id in each.staff_ids}
    ids |= {trip.agent_id for command in commands for trip in command.roster.trips}
    targets = {trip.to_org for command in commands for trip in command.roster.trips}
    orgs = await directory.load_orgs(tx, wanted | targets)
    surroundings = RosterSurroundings(await rosters.staff_of_ids(tx, ids), frozenset(orgs))
    states, work = dict(known), Work[str, Roster]()
    for command in commands:
        try:
            roster = put_roster(states.get(command.roster.org), command, surroundings)
        except Refusal as refusal:
            work.outcomes.append(Refused(refusal))
            continue
        states[roster.org] = work.changed[roster.org] = roster
        work.outcomes.append(Done(roster))
        subject = f"roster/{roster.org}"
        work.announced.append(Announcement(subject, roster.sequence, published(roster), command.by))
    await rosters.save_rosters(tx, known, work.changed)
    return work


async def _change_circuits(tx: Tx, commands: Sequence[CircuitCommand], now: datetime) -> Work[UUID, Circuit]:
    ids = [command.circuit_id for command in commands if not isinstance(command, PlanCircuit)]
    known = await circuits.load_circuits(tx, ids)
    booked: list[Booking] = []

    def decide_and_note(circuit: Circuit | None, command: CircuitCommand) -> Sequence[CircuitFact]:
        facts = decide_circuit(circuit, command)
        booked.extend(bookings_in(facts))
        return facts

    work = decide_all(
        dict(known),
        commands,
        key=lambda command: command.circuit_id,
        subject=lambda id: f"circuit/{id}",
        decide=decide_and_note,
        evolve=evolve_circuit,
    )
    await circuits.save_circuits(tx, known, work.changed, booked)
    return work


async def _record_days(tx: Tx, commands: Sequence[RecordDays], now: datetime) -> Work[str, Roster]:
    await rosters.record_days(tx, [day for command in commands for day in command.days])
    return Work(outcomes=[Done()] * len(commands))


handle = dispatch(
    Command,
    {
        DirectoryCommand: _change_directory,
        RouteCommand: _change_routes,
        PutRoster: _put_rosters,
        RecordDays: _record_days,
        CircuitCommand: _change_circuits,
    },
)
