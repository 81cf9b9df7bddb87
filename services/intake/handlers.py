"""What intake does with a batch of commands: load, decide, save, announce, in the caller's transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.domain.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Outcome, Refused, Work, decide_all
from bianmin.kit.dispatch import dispatch
from bianmin.kit.refusals import FieldError, Invalid, Refusal
from bianmin.kit.time_source import TZ
from services.intake.domain import decide as case_rules
from services.intake.domain.case import Case
from services.intake.domain.decide import DeskCommand, decide
from services.intake.domain.facts import evolve
from services.intake.domain.following import FollowCase
from services.intake.domain.item import (
    DraftItem,
    ImportItem,
    Item,
    ItemCommand,
    ItemFaulty,
    PublishItem,
    RetireItem,
    decide_item,
    evolve_item,
)
from services.intake.domain.lapse import LapseCase
from services.intake.domain.refusal_filings import AnswerRefusalFiling, FileRefusal
from services.intake.domain.registration import (
    Admission,
    AdmittedRegistration,
    KnownOrg,
    RegisterCase,
    admit,
    opened_case,
    reference_used,
)
from services.intake.store.case_numbers import draw_numbers
from services.intake.store.cases import find_referenced, load_cases, save_cases
from services.intake.store.guides import find_guides
from services.intake.store.items import ItemKey, load_items, save_items
from services.intake.store.lapses import claim_lapsed_waits
from services.intake.store.orgs import save_orgs
from services.intake.store.refusal_filings import FilingCommand, filing_writes
from services.intake.store.timeline import row_of_announcement, row_of_event


@dataclass(frozen=True, slots=True)
class ImportCatalog:
    """Import a whole catalog: all of its items or none."""

    items: tuple[ImportItem, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class RecordOrg:
    """Record what routing announced about an org."""

    org: KnownOrg
    by: Cause


@dataclass(frozen=True, slots=True)
class ImportedCatalog:
    """The items of an import as they are after it."""

    items: tuple[Item, ...]


_CaseCommand = RegisterCase | DeskCommand | LapseCase | FollowCase
_CatalogCommand = DraftItem | PublishItem | RetireItem | ImportCatalog
Command = RecordOrg | _CatalogCommand | _CaseCommand


async def _record_orgs(tx: Tx, commands: Sequence[RecordOrg], now: datetime) -> Work[str, Item]:
    await save_orgs(tx, [command.org for command in commands])
    return Work(outcomes=[Done()] * len(commands))


async def _change_cases(tx: Tx, commands: Sequence[_CaseCommand], now: datetime) -> Work[UUID, Case]:
    admitted = await _admit(tx, [command for command in commands if isinstance(command, RegisterCase)], now)
    orders: list[case_rules.Command] = []
    outcomes: list[Outcome | None] = []
    for command in commands:
        order = admitted[command.case_id] if isinstance(command, RegisterCase) else command
        if isinstance(order, Refused):
            outcomes.append(order)
        else:
            outcomes.append(None)
            orders.append(order)
    registrations = [order for order in orders if isinstance(order, AdmittedRegistration)]
    new = {registration.case_id for registration in registrations}
    states = await load_cases(tx, {order.case_id for order in orders} - new)
    before = dict(states)
    decided = decide_all(
        states,
        orders,
        key=lambda order: order.case_id,
        subject=str,
        decide=decide,
        evolve=evolve,
    )
    await save_cases(
        tx,
        new=[case for case in decided.changed.values() if case.id in new],
        applicants=[each.command.applicant for each in registrations if each.case_id in decided.changed],
        changed=[case for case in decided.changed.values() if case.id not in new],
        timeline=_timeline_rows(orders, decided, now),
        filings=filing_writes(before, decided.changed.values(), _filing_commands(orders, decided)),
    )
    results = iter(decided.outcomes)
    decided.outcomes = [next(results) if outcome is None else outcome for outcome in outcomes]
    return decided


async def _admit(tx: Tx, commands: Sequence[RegisterCase], now: datetime) -> dict[UUID, AdmittedRegistration | Refused]:
    """Admit or refuse each registration, by the id of its case; draw the numbers of the admitted ones."""
    if not commands:
        return {}
    guides, orgs = await find_guides(tx, {(command.org, command.item_code) for command in commands})
    used = await find_referenced(tx, {command.reference for command in commands if command.reference})
    results: dict[UUID, AdmittedRegistration | Refused] = {}
    admissions: list[tuple[RegisterCase, Admission]] = []
    first: dict[tuple[str, str], RegisterCase] = {}
    repeated: list[tuple[RegisterCase, RegisterCase]] = []
    for command in commands:
        try:
            admission = admit(command, guides.get((command.org, command.item_code)), orgs)
        except Refusal as refusal:
            results[command.case_id] = Refused(refusal)
            continue
        if command.reference in used:
            results[command.case_id] = Refused(reference_used(command, used[command.reference]))
        elif command.reference and (earlier := first.setdefault(command.reference, command)) is not command:
            repeated.append((command, earlier))
        else:
            admissions.append((command, admission))
    if not admissions:
        return results
    day = now.astimezone(TZ).date()
    last = await draw_numbers(tx, day, Counter(command.org for command, _ in admissions))
    for command, admission in admissions:
        last[command.org] += 1
        case_no = f"{command.org}-{day:%Y%m%d}-{last[command.org]:04}"
        results[command.case_id] = AdmittedRegistration(command, admission, case_no, now)
    for command, earlier in repeated:
        registered = results[earlier.case_id]
        assert isinstance(registered, AdmittedRegistration), "the first case under a reference was admitted"
        results[command.case_id] = Refused(reference_used(command, opened_case(registered)))
    return results


def _filing_commands(orders: Sequence[case_rules.Command], decided: Work[UUID, Case]) -> list[FilingCommand]:
    return [
        order
        for order, outcome in zip(orders, decided.outcomes, strict=True)
        if isinstance(order, FileRefusal | AnswerRefusalFiling) and isinstance(outcome, Done)
    ]


def _timeline_rows(
    orders: Sequence[case_rules.Command], decided: Work[UUID, Case], now: datetime
) -> list[dict[str, object]]:
    """Return the timeline rows of the events that intake announces, and of the events of others that it followed."""
    rows = [row_of_announcement(announcement, now) for announcement in decided.announced]
    for order, outcome in zip(orders, decided.outcomes, strict=True):
        if isinstance(order, FollowCase) and isinstance(outcome, Done) and order.event.data is not None:
            rows.append(row_of_event(order.event, order.event.data))
    return rows


async def _change_catalog(tx: Tx, commands: Sequence[_CatalogCommand], now: datetime) -> Work[ItemKey, Item]:
    orders = [command.items if isinstance(command, ImportCatalog) else (command,) for command in commands]
    items = await load_items(tx, {(order.org, order.code) for each in orders for order in each})
    before = dict(items)
    work: Work[ItemKey, Item] = Work()
    for command in commands:
        work.outcomes.append(_change_items(items, command, work))
    await save_items(tx, before, work.changed)
    return work


def _change_items(items: dict[ItemKey, Item], command: _CatalogCommand, work: Work[ItemKey, Item]) -> Outcome:
    """Decide a command; add its changes to `items` and `work`. A catalog changes nothing when an item is refused."""
    orders: Sequence[ItemCommand] = command.items if isinstance(command, ImportCatalog) else (command,)
    trial = dict(items)
    decided = decide_all(
        trial,
        orders,
        key=lambda order: (order.org, order.code),
        subject="/".join,
        decide=decide_item,
        evolve=evolve_item,
    )
    refused = [(n, each.error) for n, each in enumerate(decided.outcomes) if isinstance(each, Refused)]
    if refused:
        return Refused(_of_whole_catalog(refused) if isinstance(command, ImportCatalog) else refused[0][1])
    items.update(trial)
    work.changed.update(decided.changed)
    work.announced += decided.announced
    if isinstance(command, ImportCatalog):
        return Done(ImportedCatalog(tuple(items[order.org, order.code] for order in orders)))
    return decided.outcomes[0]


def _of_whole_catalog(refused: Sequence[tuple[int, Exception]]) -> Exception:
    """Return one refusal with the errors of all items; an error of another kind than `Invalid` is returned alone."""
    errors: list[FieldError] = []
    for n, error in refused:
        if not isinstance(error, Invalid):
            return error
        errors += [FieldError(f"/items/{n}{each.pointer}", each.code, each.detail) for each in error.errors]
    return ItemFaulty("事项内容有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors)


handle = dispatch(
    Command,
    {
        RecordOrg: _record_orgs,
        _CatalogCommand: _change_catalog,
        _CaseCommand: _change_cases,
    },
)


async def claim_lapses(tx: Tx, now: datetime, limit: int) -> list[LapseCase]:
    """Return commands to close the cases whose supplement was waited for long enough, the longest wait first."""
    today = now.astimezone(TZ).date()
    return [
        LapseCase(wait.case_id, today, wait.waited_until, Cause(system(wait.accepting_org)))
        for wait in await claim_lapsed_waits(tx, today, limit)
    ]
