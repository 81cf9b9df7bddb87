"""Who may see a complaint: the rule and its two SQL forms agree, on PostgreSQL."""

from dataclasses import asdict
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json
from sqlalchemy import Select, column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.complaint_access import ComplaintParties, complaint_keys, may_see_complaint
from bianmin.kit.complaint_filter import complaint_visible, viewer_parameters, visible_by_keys
from bianmin.kit.db import Database
from bianmin.kit.embedded import EmbeddedPostgres

ORGS = st.sampled_from(
    ["52", "53", "5201", "520111", "520112", "520111101", "520111102", "520111101201", "52011110120101"]
)
STAFF = st.sampled_from(["S-1", "S-2", "S-3"])
ROLE_SETS = st.sets(st.sampled_from(sorted(ROLES)), max_size=2).map(frozenset)
DEPTS = st.sampled_from([None, None, "civil"])
HANDLER = st.sampled_from(["investigator", "manager", "supervisor"]).map(lambda role: frozenset({role}))
ACTORS = st.builds(Actor, STAFF, ORGS, HANDLER | ROLE_SETS, DEPTS)
PARTIES = st.builds(ComplaintParties, ORGS, ORGS, st.lists(STAFF, max_size=2).map(tuple), st.booleans())
OWN_PROVINCE = (Actor("S-1", "52", frozenset({"manager"})), [ComplaintParties("52", "52")])
OWN_COUNTY = (Actor("S-1", "520111", frozenset({"manager"})), [ComplaintParties("520111", "520111")])

_COMPLAINTS = """
jsonb_to_recordset(CAST(:stored AS jsonb))
AS c (n int, handler_org text, accused_org text, recused text[], awaits_case bool, keys text[])
"""
_VISIBLE = complaint_visible("c.handler_org", "c.accused_org", "c.recused", "c.awaits_case")
_BY_COLUMNS = text(f"SELECT n FROM {_COMPLAINTS} WHERE {_VISIBLE}")


@given(st.lists(st.tuples(ACTORS, st.lists(PARTIES, min_size=1, max_size=30)), min_size=1, max_size=10))
@settings(max_examples=40, deadline=None)
@example([OWN_PROVINCE, OWN_COUNTY])
async def test_the_rule_and_both_sql_forms_show_the_same_complaints(
    postgres: EmbeddedPostgres, looks: list[tuple[Actor, list[ComplaintParties]]]
) -> None:
    database = Database(postgres.url("postgres"), "public")
    try:
        async with database.reading() as tx:
            for actor, complaints in looks:
                allowed = {n for n, parties in enumerate(complaints) if may_see_complaint(actor, parties)}
                assert await shown_by_columns(tx, actor, complaints) == allowed
                assert await shown_by_keys(tx, actor, complaints) == allowed
    finally:
        await database.close()


async def shown_by_columns(tx: AsyncConnection, actor: Actor, complaints: list[ComplaintParties]) -> set[int]:
    query = _BY_COLUMNS.bindparams(stored=stored(complaints), **viewer_parameters(actor))
    return set((await tx.execute(query)).scalars())


async def shown_by_keys(tx: AsyncConnection, actor: Actor, complaints: list[ComplaintParties]) -> set[int]:
    rows = text(_COMPLAINTS).bindparams(stored=stored(complaints))
    query: Select[Any] = select(column("n")).select_from(rows).where(visible_by_keys(column("keys"), actor))
    return set((await tx.execute(query)).scalars())


def stored(complaints: list[ComplaintParties]) -> str:
    rows: list[dict[str, Any]] = [
        {"n": n, **asdict(parties), "keys": complaint_keys(parties)} for n, parties in enumerate(complaints)
    ]
    return to_json(rows).decode()


async def test_a_complaint_stored_before_recusals_were_announced_bars_nobody(postgres: EmbeddedPostgres) -> None:
    database = Database(postgres.url("postgres"), "public")
    actor = Actor("S-1", "520111", frozenset({"manager"}))
    try:
        async with database.reading() as tx:
            rows = to_json([{"n": 0, "handler_org": "520111", "accused_org": "520111101", "recused": None}]).decode()
            query = _BY_COLUMNS.bindparams(stored=rows, **viewer_parameters(actor))
            assert list((await tx.execute(query)).scalars()) == [0]
    finally:
        await database.close()
