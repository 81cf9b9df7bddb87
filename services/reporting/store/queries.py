"""The figures of a period, counted in one statement over the facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import RowMapping, TextClause, bindparam, text
from sqlalchemy import types as sql

from bianmin.domain.actors import Actor
from bianmin.kit.complaint_filter import complaint_visible, viewer_parameters
from bianmin.kit.db import Tx, rows
from services.reporting.domain.figures import FIGURES, Figures, Grouping, ReportPeriod, counts_complaints


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one org, station, item, department, mode or month: `key`. The key of an item is `{org}/{code}`."""

    key: str
    name: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """The figures of a period by line, and in total."""

    lines: tuple[Line, ...]
    total: Figures


@dataclass(frozen=True, slots=True)
class _Keys:
    """SQL for the key of a line: of case `f` with event `h`, of card `k` of case `f`, of complaint `c` about case `f`
    (which may be missing). `name` is the name of a key, `scope` the org of a case that has to be in the subtree."""

    cases: str
    cards: str
    complaints: str
    name: str = "NULL::text"
    scope: str = "accepting_org"


_ORG_NAME = "(SELECT name FROM org WHERE code = key)"
_ITEM_NAME = "(SELECT name FROM item WHERE org = split_part(key, '/', 1) AND code = split_part(key, '/', 2))"
_MONTH = "to_char(h.day::timestamp, 'YYYY-MM')"
_ITEM = "f.item_org || '/' || f.item_code"

_KEYS: Mapping[Grouping, _Keys] = {
    "org": _Keys("f.accepting_org", "k.org", "c.accused_org", _ORG_NAME),
    "station": _Keys("f.org", "f.org", "c.accused_org", _ORG_NAME, scope="org"),
    "item": _Keys(_ITEM, _ITEM, _ITEM, _ITEM_NAME),
    "dept": _Keys("f.dept", "k.dept", "f.dept"),
    "mode": _Keys("f.mode", "f.mode", "f.mode"),
    "month": _Keys(_MONTH, _MONTH, _MONTH),
}

# …_late: true where a clock was missed, false where it was kept, null where nobody knows yet
_FIGURES = """
WITH happened AS (
    SELECT {cases} AS key, h.what
    FROM case_fact f
    CROSS JOIN LATERAL (
        SELECT coalesce(f.promise_late, false) OR coalesce(f.statutory_late, false) AS late,
               f.promise_late IS NOT NULL OR f.statutory_late IS NOT NULL AS known
    ) AS j
    CROSS JOIN LATERAL (VALUES
        ('registered', f.registered_on),
        ('accepted', f.accepted_on),
        ('refused', f.refused_on),
        ('withdrawn', f.withdrawn_on),
        ('lapsed', f.lapsed_on),
        ('closed', f.closed_on),
        ('granted', CASE WHEN f.result = 'granted' THEN f.decided_on END),
        ('denied', CASE WHEN f.result = 'denied' THEN f.decided_on END),
        ('on_time', CASE WHEN j.known AND NOT j.late THEN f.decided_on END),
        ('early', CASE WHEN j.known AND NOT j.late AND f.promise_early THEN f.decided_on END),
        ('overdue', least(CASE WHEN f.promise_late THEN f.promise_due_on END,
                          CASE WHEN f.statutory_late THEN f.statutory_due_on END))
    ) AS h(what, day)
    WHERE f.{scope} LIKE :subtree AND (:dept IS NULL OR f.dept = :dept)
      AND f.first_on <= :last AND f.last_on >= :first AND h.day BETWEEN :first AND :last
  UNION ALL
    SELECT {cards} AS key, h.what
    FROM card_fact k
    LEFT JOIN case_fact f ON f.case_id = k.case_id AND f.cycle = k.cycle
    CROSS JOIN LATERAL (VALUES
        ('yellow_cards', CASE WHEN k.level = 'yellow' THEN k.issued_on END),
        ('red_cards', CASE WHEN k.level = 'red' THEN k.issued_on END),
        ('cards_revoked', k.revoked_on)
    ) AS h(what, day)
    WHERE {carded} LIKE :subtree AND (:dept IS NULL OR k.dept = :dept)
      AND (k.issued_on BETWEEN :first AND :last OR k.revoked_on BETWEEN :first AND :last)
      AND h.day BETWEEN :first AND :last
  UNION ALL
    SELECT {complaints} AS key, h.what
    FROM complaint_fact c
    LEFT JOIN case_fact f ON f.case_id = c.case_id AND f.cycle = 1
    CROSS JOIN LATERAL (VALUES
        ('complaints', c.lodged_on),
        ('complaints_supported', CASE WHEN c.outcome = 'supported' THEN c.concluded_on END)
    ) AS h(what, day)
    WHERE :counts_complaints AND c.kind IN ('complaint', 'report') AND c.accused_org LIKE :subtree AND {visible}
      AND (c.lodged_on BETWEEN :first AND :last OR c.concluded_on BETWEEN :first AND :last)
      AND h.day BETWEEN :first AND :last
), counted AS (
    SELECT key, grouping(key) = 1 AS is_total, {counts}
    FROM happened GROUP BY GROUPING SETS ((key), ())
)
SELECT key, is_total, {name} AS name, {measures} FROM counted WHERE is_total OR key IS NOT NULL ORDER BY key COLLATE "C"
"""


def _statement(keys: _Keys) -> TextClause:
    counts = ", ".join(f"count(*) FILTER (WHERE what = '{each}') AS {each}" for each in FIGURES)
    query = _FIGURES.format(
        cases=keys.cases,
        cards=keys.cards,
        carded="f.org" if keys.scope == "org" else "k.org",
        complaints=keys.complaints,
        visible=complaint_visible("c.handler_org", "c.accused_org", "c.recused", "c.awaits_case"),
        scope=keys.scope,
        name=keys.name,
        counts=counts,
        measures=", ".join(FIGURES),
    )
    days = [bindparam(name, type_=sql.Date()) for name in ("first", "last")]
    return text(query).bindparams(bindparam("dept", type_=sql.String()), *days)


_STATEMENTS: Mapping[Grouping, TextClause] = {by: _statement(keys) for by, keys in _KEYS.items()}


async def performance(tx: Tx, org: str, period: ReportPeriod, by: Grouping, viewer: Actor) -> PerformanceReport:
    """Return the figures of the subtree of `org`, as far as the viewer may know them; lines of zeros are left out."""
    found = await tx.execute(
        _STATEMENTS[by],
        {
            "subtree": f"{org}%",
            "dept": viewer.dept,
            "first": period.first,
            "last": period.last,
            "counts_complaints": counts_complaints(viewer),
            **viewer_parameters(viewer),
        },
    )
    lines: list[Line] = []
    total = Figures()
    for row in found.mappings():
        figures = _figures(row)
        if row["is_total"]:
            total = figures
        else:
            lines.append(Line(row["key"], row["name"], figures))
    return PerformanceReport(tuple(lines), total)


def _figures(row: RowMapping) -> Figures:
    return Figures(**{name: row[name] for name in FIGURES})


async def name_of(tx: Tx, org: str) -> tuple[bool, str | None]:
    """Return whether routing announced an org of this code, and its name."""
    found = await rows(tx, "SELECT name FROM org WHERE code = $1", org)
    return bool(found), found[0]["name"] if found else None
