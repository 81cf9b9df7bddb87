"""The figures of a period, in one statement over the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import RowMapping, TextClause, bindparam, text
from sqlalchemy import types as sql

from bianmin.domain.actors import Actor
from bianmin.kit.complaint_filter import complaint_visible, viewer_parameters
from bianmin.kit.db import Tx, rows
from services.reporting.domain.figures import By, Figures, Period, counts_complaints


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one org, item, month …; `key` says which. An item's is `{org}/{code}`."""

    key: str
    name: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[Line, ...]
    total: Figures


@dataclass(frozen=True, slots=True)
class _Grouping:
    """By what: for cases `f` and what happened `h`, for cards `k` of case `f`, for complaints `c` (about case `f`,
    where they name one)."""

    cases: str
    cards: str
    complaints: str
    name: str = "NULL::text"
    answers: str = "accepting_org"


_ORG_NAME = "(SELECT name FROM org WHERE code = key)"
_ITEM_NAME = "(SELECT name FROM item WHERE org = split_part(key, '/', 1) AND code = split_part(key, '/', 2))"
_MONTH = "to_char(h.day::timestamp, 'YYYY-MM')"
_ITEM = "f.item_org || '/' || f.item_code"

_GROUPINGS: Mapping[By, _Grouping] = {
    "org": _Grouping("f.accepting_org", "k.org", "c.accused_org", _ORG_NAME),
    "station": _Grouping("f.org", "f.org", "c.accused_org", _ORG_NAME, answers="org"),
    "item": _Grouping(_ITEM, _ITEM, _ITEM, _ITEM_NAME),
    "dept": _Grouping("f.dept", "k.dept", "f.dept"),
    "mode": _Grouping("f.mode", "f.mode", "f.mode"),
    "month": _Grouping(_MONTH, _MONTH, _MONTH),
}
_MEASURES = tuple(each.name for each in fields(Figures))

# a clock that was missed says so in …_late, whichever of the two; one that was kept says false
_FIGURES = """
WITH happened AS (
    SELECT {cases} AS key, h.what
    FROM case_fact f
    CROSS JOIN LATERAL (
        SELECT coalesce(f.promise_late, false) OR coalesce(f.statutory_late, false) AS late,
               f.promise_late IS NOT NULL OR f.statutory_late IS NOT NULL AS judged
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
        ('on_time', CASE WHEN j.judged AND NOT j.late THEN f.decided_on END),
        ('early', CASE WHEN j.judged AND NOT j.late AND f.promise_early THEN f.decided_on END),
        ('overdue', least(CASE WHEN f.promise_late THEN f.promise_due_on END,
                          CASE WHEN f.statutory_late THEN f.statutory_due_on END))
    ) AS h(what, day)
    WHERE f.{answers} LIKE :subtree AND (:dept IS NULL OR f.dept = :dept)
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


def _statement(grouping: _Grouping) -> TextClause:
    counts = ", ".join(f"count(*) FILTER (WHERE what = '{each}') AS {each}" for each in _MEASURES)
    query = _FIGURES.format(
        cases=grouping.cases,
        cards=grouping.cards,
        carded="f.org" if grouping.answers == "org" else "k.org",
        complaints=grouping.complaints,
        visible=complaint_visible("c.handler_org", "c.accused_org", "c.recused"),
        answers=grouping.answers,
        name=grouping.name,
        counts=counts,
        measures=", ".join(_MEASURES),
    )
    days = [bindparam(name, type_=sql.Date()) for name in ("first", "last")]
    return text(query).bindparams(bindparam("dept", type_=sql.String()), *days)


_STATEMENTS: Mapping[By, TextClause] = {by: _statement(grouping) for by, grouping in _GROUPINGS.items()}


async def performance(tx: Tx, org: str, period: Period, by: By, viewer: Actor) -> Report:
    """What happened in the period at the orgs under `org`, as far as the viewer may know it: one line where any did."""
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
    return Report(tuple(lines), total)


def _figures(row: RowMapping) -> Figures:
    return Figures(**{name: row[name] for name in _MEASURES})


async def name_of(tx: Tx, org: str) -> tuple[bool, str | None]:
    """Whether there is such an org, and what it is called."""
    found = await rows(tx, "SELECT name FROM org WHERE code = $1", org)
    return bool(found), found[0]["name"] if found else None
