"""Adds the patches of a batch to the facts, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TypeVar

from sqlmodel import SQLModel

from bianmin.kit import sets
from bianmin.kit.db import Tx, run
from services.reporting.domain.facts import (
    CardPatch,
    CasePatch,
    ComplaintPatch,
    ItemPatch,
    OrgPatch,
    Patch,
    Patches,
    columns,
)
from services.reporting.domain.fold import COMPLAINTS, DEADLINES, INTAKE, ROUTING
from services.reporting.store.tables import (
    CardFactRow,
    CaseFactRow,
    ComplaintFactRow,
    ReportedItemRow,
    ReportedOrgRow,
)

K = TypeVar("K", str, tuple[str, int])


async def add(tx: Tx, patches: Patches) -> None:
    """Add patches to the rows of their keys. Rows are locked in the order of the keys."""
    await sets.write(
        tx,
        _added(CaseFactRow, CasePatch, patches.cases),
        _added(CardFactRow, CardPatch, patches.cards),
        _added(ComplaintFactRow, ComplaintPatch, patches.complaints),
        _added(ReportedItemRow, ItemPatch, patches.items),
        _added(ReportedOrgRow, OrgPatch, patches.orgs),
    )
    if patches.unknown:
        await _count_unknown(tx, patches.unknown)


def _added(table: type[SQLModel], kind: type[Patch], patches: Mapping[K, Patch]) -> sets.Write | None:
    names = columns(kind)
    pick = attrgetter(*names)
    rows = [dict(zip(names, pick(patches[key]), strict=True)) for key in sorted(patches)]
    return sets.insert(table, rows, _merge(table))


@cache
def _merge(table: type[SQLModel]) -> str:
    """Return how an existing row is changed: replaced by what a patch has, but counts add up and extreme days stay."""
    stored = sets.table_of(table)
    keys = [column.name for column in stored.primary_key]
    changes = [f"{column.name} = {_merged(stored.name, column.name)}" for column in stored.c if column.name not in keys]
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}"


def _merged(table: str, column: str) -> str:
    old, new = f"{table}.{column}", f"excluded.{column}"
    match column:
        case "seen" | "seen_intake" | "seen_routing" | "seen_deadlines":
            return f"{old} + {new}"
        case "first_on" | "withdrawn_on":
            return f"least({old}, {new})"
        case "last_on":
            return f"greatest({old}, {new})"
        case _:
            return f"coalesce({new}, {old})"


@dataclass(frozen=True, slots=True)
class _Counter:
    """Where the events of a source are counted: in a column of a table, by subject.

    `subject` is the subject of a row, and `row` the condition that finds the row of `n.subject`, both in SQL.
    """

    source: str
    table: str
    column: str
    subject: str
    row: str


def _by_id(source: str, table: str, column: str, key: str) -> _Counter:
    row = f"t.{key} = CASE WHEN n.subject ~ '^[0-9a-f-]{{36}}$' THEN n.subject::uuid END"
    return _Counter(source, table, column, f"{key}::text", row)


_COUNTERS: Sequence[_Counter] = (
    _by_id(INTAKE, "case_fact", "seen_intake", "case_id"),
    _by_id(ROUTING, "case_fact", "seen_routing", "case_id"),
    _by_id(DEADLINES, "case_fact", "seen_deadlines", "case_id"),
    _by_id(COMPLAINTS, "complaint_fact", "seen", "complaint_id"),
    _Counter(
        INTAKE,
        "item",
        "seen",
        "org || '/' || code",
        "t.org = split_part(n.subject, '/', 1) AND t.code = split_part(n.subject, '/', 2)",
    ),
    _Counter(ROUTING, "org", "seen", "code", "t.code = n.subject"),
)

EFFECTS = " UNION ALL ".join(
    f"SELECT '{each.source}' AS source, {each.subject} AS subject, {each.column} AS count"
    f" FROM {each.table} WHERE {each.column} > 0"
    for each in _COUNTERS
)
"""SQL giving (source, subject, count): how many events of each subject were counted."""


async def _count_unknown(tx: Tx, unknown: Mapping[tuple[str, str], int]) -> None:
    """Count events of unknown types for the subjects that are stored here. They change no figure."""
    for each in _COUNTERS:
        counts = _of_source(unknown, each.source)
        if counts:
            subjects, numbers = zip(*counts, strict=True)
            await run(
                tx,
                f"UPDATE {each.table} AS t SET {each.column} = {each.column} + n.count"
                f" FROM unnest($1::text[], $2::int[]) AS n(subject, count)"
                f" WHERE {each.row}{' AND t.cycle = 1' if each.table == 'case_fact' else ''}",
                list(subjects),
                list(numbers),
            )


def _of_source(unknown: Mapping[tuple[str, str], int], source: str) -> Iterable[tuple[str, int]]:
    return sorted((subject, count) for (where, subject), count in unknown.items() if where == source)
