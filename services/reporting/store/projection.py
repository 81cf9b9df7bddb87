"""Facts are added up: one statement a batch, whatever it holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlmodel import SQLModel

from bianmin.kit import sets
from bianmin.kit.db import Tx, run
from services.reporting.domain.facts import (
    COMPLAINTS,
    DEADLINES,
    INTAKE,
    ROUTING,
    CardPatch,
    CasePatch,
    ComplaintPatch,
    ItemPatch,
    OrgPatch,
    Patches,
    columns,
)
from services.reporting.store.tables import CardFactRow, CaseFactRow, ComplaintFactRow, ItemRow, OrgRow


async def add(tx: Tx, patches: Patches) -> None:
    """Add the patches to the rows they belong to. Rows are locked in the order of their keys."""
    await sets.write(
        tx,
        _added(CaseFactRow, CasePatch, patches.cases),
        _added(CardFactRow, CardPatch, patches.cards),
        _added(ComplaintFactRow, ComplaintPatch, patches.complaints),
        _added(ItemRow, ItemPatch, patches.items),
        _added(OrgRow, OrgPatch, patches.orgs),
    )
    if patches.strange:
        await _count_strange(tx, patches.strange)


def _added(table: type[SQLModel], kind: Any, patches: Mapping[Any, Any]) -> sets.Write | None:
    names = columns(kind)
    pick = attrgetter(*names)
    rows = [dict(zip(names, pick(patches[key]), strict=True)) for key in sorted(patches)]
    return sets.insert(table, rows, _merge(table))


@cache
def _merge(table: type[SQLModel]) -> str:
    real = table.__table__  # type: ignore[attr-defined]
    keys = [column.name for column in real.primary_key]
    changes = [f"{column.name} = {_merged(real.name, column.name)}" for column in real.c if column.name not in keys]
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}"


def _merged(table: str, column: str) -> str:
    there, said = f"{table}.{column}", f"excluded.{column}"
    match column:
        case "seen" | "seen_intake" | "seen_routing" | "seen_deadlines":
            return f"{there} + {said}"
        case "first_on" | "withdrawn_on":
            return f"least({there}, {said})"
        case "last_on":
            return f"greatest({there}, {said})"
        case _:
            return f"coalesce({said}, {there})"


@dataclass(frozen=True, slots=True)
class _Count:
    """Where the events of a source about a subject are counted. `row` finds the row of `n.subject`."""

    source: str
    table: str
    column: str
    subject: str
    row: str


def _of_id(source: str, table: str, column: str, key: str) -> _Count:
    found = f"t.{key} = CASE WHEN n.subject ~ '^[0-9a-f-]{{36}}$' THEN n.subject::uuid END"
    return _Count(source, table, column, f"{key}::text", found)


_COUNTS: Sequence[_Count] = (
    _of_id(INTAKE, "case_fact", "seen_intake", "case_id"),
    _of_id(ROUTING, "case_fact", "seen_routing", "case_id"),
    _of_id(DEADLINES, "case_fact", "seen_deadlines", "case_id"),
    _of_id(COMPLAINTS, "complaint_fact", "seen", "complaint_id"),
    _Count(
        INTAKE,
        "item",
        "seen",
        "org || '/' || code",
        "t.org = split_part(n.subject, '/', 1) AND t.code = split_part(n.subject, '/', 2)",
    ),
    _Count(ROUTING, "org", "seen", "code", "t.code = n.subject"),
)

EFFECTS = " UNION ALL ".join(
    f"SELECT '{each.source}' AS source, {each.subject} AS subject, {each.column} AS count"
    f" FROM {each.table} WHERE {each.column} > 0"
    for each in _COUNTS
)
"""(source, subject, count): how many events of each subject the figures are made of."""


async def _count_strange(tx: Tx, strange: Mapping[tuple[str, str], int]) -> None:
    """Events that only a newer version can read change no figure, but count for a subject that is here."""
    for each in _COUNTS:
        counts = _of_source(strange, each.source)
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


def _of_source(strange: Mapping[tuple[str, str], int], source: str) -> Iterable[tuple[str, int]]:
    return sorted((subject, count) for (where, subject), count in strange.items() if where == source)
