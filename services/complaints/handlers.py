"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bianmin.domain.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Refused, Work, decide_all
from bianmin.kit.refusals import Refusal
from services.complaints.domain import complaint as complaint_commands
from services.complaints.domain.complaint import Lodge, Recuse, Transfer
from services.complaints.domain.facts import evolve
from services.complaints.domain.rules import admit, decide
from services.complaints.store import complaints as store


@dataclass(frozen=True, slots=True)
class KeepOrg:
    """What routing says an org is now."""

    code: str
    name: str
    by: Cause


@dataclass(frozen=True, slots=True)
class KeepParty:
    """Somebody had a hand in a case."""

    case_id: UUID
    staff: str
    by: Cause


Command = complaint_commands.Command | KeepOrg | KeepParty


async def handle(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[Any, Any]:
    """Complaints, known orgs and parties, each in a set; outcomes in the order of the commands."""
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    orgs = {command.code: command.name for command in commands if isinstance(command, KeepOrg)}
    parties = [(command.case_id, command.staff) for command in commands if isinstance(command, KeepParty)]
    await store.keep_orgs(tx, orgs)
    causes = {command.case_id: command.by for command in commands if isinstance(command, KeepParty)}
    orders: list[tuple[int | None, complaint_commands.Command]] = [
        (None, Recuse(id, replace(causes[case_id], actor=system(handler_org), chain=None)))
        for id, handler_org, case_id in await store.keep_parties(tx, parties)
    ]
    orders += [(n, command) for n, command in enumerate(commands) if not isinstance(command, KeepOrg | KeepParty)]
    if orders:
        await _complaints(tx, orders, work)
    return work


async def _complaints(
    tx: Tx, commands: Sequence[tuple[int | None, complaint_commands.Command]], work: Work[Any, Any]
) -> None:
    named = {command.accused_org for _, command in commands if isinstance(command, Lodge)}
    named |= {command.to_org for _, command in commands if isinstance(command, Transfer)}
    known = await store.known_orgs(tx, named) if named else frozenset()
    about = {command.case_id for _, command in commands if isinstance(command, Lodge) and command.case_id}
    parties = await store.parties_of(tx, about) if about else {}
    orders: list[tuple[int | None, complaint_commands.Command]] = []
    for n, command in commands:
        try:
            if isinstance(command, Lodge | Transfer):
                admit(command, known)
            if isinstance(command, Lodge) and command.case_id in parties:
                command = replace(command, case_staff=parties[command.case_id])
            orders.append((n, command))
        except Refusal as refusal:
            assert n is not None, "only what was asked for is refused"
            work.outcomes[n] = Refused(refusal)
    states = await store.load_complaints(tx, {o.complaint_id for _, o in orders if not isinstance(o, Lodge)})
    decided = decide_all(
        states,
        [order for _, order in orders],
        key=lambda order: order.complaint_id,
        subject=str,
        decide=decide,
        evolve=evolve,
    )
    for (n, _), outcome in zip(orders, decided.outcomes, strict=True):
        if n is not None:
            work.outcomes[n] = outcome
    born = {order.complaint_id: order.papers for _, order in orders if isinstance(order, Lodge)}
    changed = decided.changed.values()
    await store.save_complaints(
        tx,
        new=[(complaint, born[complaint.id]) for complaint in changed if complaint.id in born],
        changed=[complaint for complaint in changed if complaint.id not in born],
    )
    work.announced += decided.announced
