"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Done, Outcome, Refused, Work, decide_all
from bianmin.kit.refusals import Refusal
from services.routing.domain import facts, orgs, rules
from services.routing.domain.divisions import Imported, ImportOrgs, check_edit, looked_up, orders_of
from services.routing.domain.orgs import EditOrg, OpenOffice, Org, OrgCommand
from services.routing.domain.route import AnswerExtension, CaseCommand, RouteCommand, TaskCommand
from services.routing.domain.staff import AddStaff, StaffMember, admit
from services.routing.store import directory, routes

DirectoryCommand = ImportOrgs | EditOrg | OpenOffice | AddStaff
Command = DirectoryCommand | RouteCommand


async def handle(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[Any, Any]:
    """The directory and the routes, each in a set of its own; outcomes in the order of the commands."""
    about_orgs: list[tuple[int, DirectoryCommand]] = []
    about_routes: list[tuple[int, RouteCommand]] = []
    for n, command in enumerate(commands):
        match command:
            case ImportOrgs() | EditOrg() | OpenOffice() | AddStaff():
                about_orgs.append((n, command))
            case _:
                about_routes.append((n, command))
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    if about_orgs:
        await _directory(tx, about_orgs, work)
    if about_routes:
        await _routes(tx, about_routes, work)
    return work


_NO_CASE = UUID(int=0)
"""The case of a task, or of an extension, that nobody knows."""


async def _routes(tx: Tx, commands: Sequence[tuple[int, RouteCommand]], work: Work[Any, Any]) -> None:
    cases = [command.case_id for _, command in commands if isinstance(command, CaseCommand)]
    tasks = [command.task_id for _, command in commands if isinstance(command, TaskCommand)]
    answered = [command.extension_id for _, command in commands if isinstance(command, AnswerExtension)]
    states = await routes.load(tx, cases, tasks, answered)
    before = dict(states)
    case_of = {task.id: case_id for case_id, route in states.items() for task in route.tasks}
    case_of |= {one.id: case_id for case_id, route in states.items() for one in route.extensions}

    def key(command: RouteCommand) -> UUID:
        if isinstance(command, CaseCommand):
            return command.case_id
        about = command.extension_id if isinstance(command, AnswerExtension) else command.task_id
        return case_of.get(about, _NO_CASE)

    decided = decide_all(
        states, [command for _, command in commands], key=key, subject=str, decide=rules.decide, evolve=facts.evolve
    )
    await routes.save(tx, before, decided.changed)
    for (n, _), outcome in zip(commands, decided.outcomes, strict=True):
        work.outcomes[n] = outcome
    work.announced += decided.announced


@dataclass(slots=True)
class _Directory:
    """Orgs and staff ids as far as a batch is about them, as its commands leave them one after the other."""

    tree: dict[str, Org]
    taken: set[str]
    changed: dict[str, Org] = field(default_factory=dict)
    joined: list[StaffMember] = field(default_factory=list)
    announced: list[Announcement] = field(default_factory=list)

    def carry_out(self, command: DirectoryCommand) -> Outcome:
        """Raises the command's `Refusal`, then with nothing done."""
        match command:
            case ImportOrgs():
                orders = orders_of(command, self.tree)
                known = len(self.tree.keys() & {order.code for order in orders})
                touched = self._decide(orders).changed.keys()
                created = len(orders) - known
                return Done(Imported(created, len(touched) - created, len(orders) - len(touched)))
            case EditOrg():
                check_edit(command, self.tree)
                return self._decide([command]).outcomes[0]
            case OpenOffice():
                return self._decide([command]).outcomes[0]
            case AddStaff():
                member = command.member
                self.joined.append(admit(command, self.tree.get(member.org), taken=member.id in self.taken))
                self.taken.add(member.id)
                return Done(member)
        assert_never(command)

    def _decide(self, orders: Sequence[OrgCommand]) -> Work[str, Org]:
        work = decide_all(
            self.tree, orders, key=lambda order: order.code, subject=str, decide=orgs.decide, evolve=orgs.evolve
        )
        self.changed.update(work.changed)
        self.announced += work.announced
        return work


async def _directory(tx: Tx, commands: Sequence[tuple[int, DirectoryCommand]], work: Work[Any, Any]) -> None:
    await directory.claim(tx)
    tree = await directory.load_orgs(tx, {code for _, command in commands for code in _looked_up(command)})
    ids = [command.member.id for _, command in commands if isinstance(command, AddStaff)]
    before = dict(tree)
    kept = _Directory(tree, await directory.taken_ids(tx, ids) if ids else set())
    for n, command in commands:
        try:
            work.outcomes[n] = kept.carry_out(command)
        except Refusal as refusal:
            work.outcomes[n] = Refused(refusal)
    await directory.save_orgs(tx, before, kept.changed)
    await directory.save_staff(tx, kept.joined)
    work.announced += kept.announced


def _looked_up(command: DirectoryCommand) -> Iterable[str]:
    match command:
        case ImportOrgs(divisions):
            for division in divisions:
                yield from looked_up(division.code)
        case EditOrg() | OpenOffice():
            yield from looked_up(command.code)
        case AddStaff():
            yield command.member.org
