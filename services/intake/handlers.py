"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bianmin.domain.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Cause, Done, Outcome, Refused, Work, decide_all
from bianmin.kit.refusals import FieldError, Invalid, Refusal
from bianmin.kit.time_source import TZ
from services.intake.domain import item as item_rules
from services.intake.domain.case import CaseCommand, FollowCase, LapseCase, RegisterCase
from services.intake.domain.facts import evolve
from services.intake.domain.item import ImportItem, ItemCommand
from services.intake.domain.registration import Admission, KnownOrg, admit
from services.intake.domain.rules import Register, decide
from services.intake.store import cases as case_store
from services.intake.store import items as item_store
from services.intake.store import orgs as org_store
from services.intake.store.guides import guides


@dataclass(frozen=True, slots=True)
class ImportCatalog:
    """A whole catalog, all or nothing."""

    items: tuple[ImportItem, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class KeepOrg:
    """What routing says an org is now."""

    org: KnownOrg
    by: Cause


@dataclass(frozen=True, slots=True)
class Catalog:
    """What became of an import: the items as they are now."""

    items: tuple[item_rules.Item, ...]


Command = CaseCommand | ItemCommand | ImportCatalog | KeepOrg


async def handle(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[Any, Any]:
    """Cases, items and known orgs, each in a set of their own; outcomes in the order of the commands."""
    about_cases: list[tuple[int, CaseCommand]] = []
    about_items: list[tuple[int, ItemCommand | ImportCatalog]] = []
    about_orgs: list[tuple[int, KeepOrg]] = []
    for n, command in enumerate(commands):
        match command:
            case ImportCatalog() | item_rules.DraftItem() | item_rules.PublishItem() | item_rules.RetireItem():
                about_items.append((n, command))
            case ImportItem():
                raise AssertionError("items are imported by the catalog")
            case KeepOrg():
                about_orgs.append((n, command))
            case _:
                about_cases.append((n, command))
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    if about_orgs:
        await org_store.keep(tx, [command.org for _, command in about_orgs])
    if about_items:
        await _items(tx, about_items, work)
    if about_cases:
        await _cases(tx, about_cases, now, work)
    return work


async def _cases(tx: Tx, commands: Sequence[tuple[int, CaseCommand]], now: datetime, work: Work[Any, Any]) -> None:
    registrations: list[tuple[int, RegisterCase]] = []
    orders: list[tuple[int, CaseCommand | Register]] = []
    for n, command in commands:
        if isinstance(command, RegisterCase):
            registrations.append((n, command))
        else:
            orders.append((n, command))
    if registrations:
        orders += await _admitted(tx, registrations, now, work)
    states = await case_store.load_cases(tx, {o.case_id for _, o in orders if not isinstance(o, Register)})
    decided = decide_all(
        states,
        [order for _, order in orders],
        key=lambda order: order.case_id,
        subject=str,
        decide=decide,
        evolve=evolve,
    )
    for (n, _), outcome in zip(orders, decided.outcomes, strict=True):
        work.outcomes[n] = outcome
    born = {order.case_id: order.command.applicant for _, order in orders if isinstance(order, Register)}
    await case_store.save_cases(
        tx,
        new=[(case, born[case.id]) for case in decided.changed.values() if case.id in born],
        changed=[case for case in decided.changed.values() if case.id not in born],
        timeline=[*_own_entries(decided.announced, now), *_followed_entries(orders, decided.outcomes)],
    )
    work.announced += decided.announced


async def _admitted(
    tx: Tx, registrations: Sequence[tuple[int, RegisterCase]], now: datetime, work: Work[Any, Any]
) -> list[tuple[int, Register]]:
    """The registrations that may be carried out, with the numbers drawn for them; the others are refused."""
    found, orgs = await guides(tx, {(command.org, command.item_code) for _, command in registrations})
    admissions: list[tuple[int, RegisterCase, Admission]] = []
    for n, command in registrations:
        try:
            admissions.append((n, command, admit(command, found.get((command.org, command.item_code)), orgs)))
        except Refusal as refusal:
            work.outcomes[n] = Refused(refusal)
    if not admissions:
        return []
    day = now.astimezone(TZ).date()
    wanted = Counter(command.org for _, command, _ in admissions)
    last = await case_store.draw_numbers(tx, day, wanted)
    admitted = []
    for n, command, admission in admissions:
        last[command.org] += 1
        case_no = f"{command.org}-{day:%Y%m%d}-{last[command.org]:04}"
        admitted.append((n, Register(command, admission, case_no, now)))
    return admitted


def _own_entries(announced: Sequence[Announcement], now: datetime) -> list[dict[str, Any]]:
    return [case_store.entry_of(one, now) for one in announced]


def _followed_entries(
    orders: Sequence[tuple[int, CaseCommand | Register]], outcomes: Sequence[Outcome]
) -> list[dict[str, Any]]:
    """The events of others that were followed, as entries of the timeline."""
    entries = []
    for (_, order), outcome in zip(orders, outcomes, strict=True):
        if isinstance(order, FollowCase) and isinstance(outcome, Done):
            told = order.event
            assert told.data is not None
            entries.append(
                case_store.timeline_row(
                    told.subject, told.source, told.sequence, told.time, told.actor, told.region, told.data
                )
            )
    return entries


async def _items(tx: Tx, commands: Sequence[tuple[int, ItemCommand | ImportCatalog]], work: Work[Any, Any]) -> None:
    names = {
        (one.org, one.code)
        for _, command in commands
        for one in (command.items if isinstance(command, ImportCatalog) else (command,))
    }
    states = await item_store.load_items(tx, names)
    before = dict(states)
    changed: dict[item_store.Name, item_rules.Item] = {}
    for n, command in commands:
        work.outcomes[n] = _one_by_one(states, command, work.announced, changed)
    await item_store.save_items(tx, before, changed)


def _one_by_one(
    states: dict[item_store.Name, item_rules.Item],
    command: ItemCommand | ImportCatalog,
    announced: list[Announcement],
    changed: dict[item_store.Name, item_rules.Item],
) -> Outcome:
    """One command about items; a catalog counts only when each of its items does."""
    orders = command.items if isinstance(command, ImportCatalog) else (command,)
    trial = dict(states)
    decided = decide_all(
        trial,
        orders,
        key=lambda order: (order.org, order.code),
        subject="/".join,
        decide=item_rules.decide,
        evolve=item_rules.evolve,
    )
    refused = [(n, one.error) for n, one in enumerate(decided.outcomes) if isinstance(one, Refused)]
    if refused:
        return Refused(_of_the_whole(refused) if isinstance(command, ImportCatalog) else refused[0][1])
    states.update(trial)
    changed.update(decided.changed)
    announced += decided.announced
    if isinstance(command, ImportCatalog):
        return Done(Catalog(tuple(states[order.org, order.code] for order in orders)))
    return decided.outcomes[0]


def _of_the_whole(refused: Sequence[tuple[int, Exception]]) -> Exception:
    """The faults of all items of a catalog as one refusal."""
    errors: list[FieldError] = []
    for n, error in refused:
        if not isinstance(error, Invalid):
            return error
        errors += [FieldError(f"/items/{n}{one.pointer}", one.code, one.detail) for one in error.errors]
    return item_rules.ItemFaulty("事项内容有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors)


async def claim_lapses(tx: Tx, now: datetime, limit: int) -> list[LapseCase]:
    """The cases whose supplement was waited for long enough, as orders to close them, the longest waited for first."""
    today = now.astimezone(TZ).date()
    return [
        LapseCase(one.case_id, today, one.waited_until, Cause(system(one.accepting_org)))
        for one in await case_store.waited_for(tx, today, limit)
    ]
