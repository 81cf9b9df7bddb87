"""The tables of reporting: the facts that figures are made of, as other services announced them.

A row may begin with the events of any source; the columns of the other sources are null until their events come. A case
counts in no figure as long as `org` and `accepting_org` are null. `seen…` counts the events of a row, for `reconcile`.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, MetaData, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.tables import add_kit_tables


class ReportingTables(SQLModel):
    """The base of these tables: its own, so that other services in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(ReportingTables.metadata)


def _code(**options: Any) -> Any:
    """Return a column of division or item codes, compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


class CaseFactRow(ReportingTables, table=True):
    """One cycle of a case; reopening a case begins another cycle."""

    __tablename__ = "case_fact"
    case_id: UUID = Field(primary_key=True)
    cycle: int = Field(primary_key=True)
    seen_intake: int
    seen_routing: int
    seen_deadlines: int
    org: str | None = _code()
    accepting_org: str | None = _code()
    dept: str | None
    item_org: str | None = _code()
    item_code: str | None = _code()
    mode: str | None
    registered_on: date | None
    accepted_on: date | None
    refused_on: date | None
    withdrawn_on: date | None
    result: str | None
    decided_on: date | None
    closed_on: date | None
    lapsed_on: date | None
    promise_due_on: date | None
    promise_late: bool | None
    promise_early: bool | None
    statutory_due_on: date | None
    statutory_late: bool | None
    first_on: date | None
    last_on: date | None

    __table_args__ = (
        Index("ix_case_fact_org", "org"),
        Index("ix_case_fact_accepting_org", "accepting_org"),
        # cases of one time are stored together, so block ranges are enough; and updates of these days alone stay
        # in place (HOT), which an ordinary index on them would prevent
        Index(
            "ix_case_fact_first_on_last_on",
            "first_on",
            "last_on",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
        ),
        # leaves room for the updates of the ten events that follow
        {"postgresql_with": {"fillfactor": 70}},
    )


class CardFactRow(ReportingTables, table=True):
    """A card of a case, by the org and department that were responsible for the missed clock."""

    __tablename__ = "card_fact"
    card_id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    level: str
    org: str = _code(nullable=False)
    dept: str | None
    issued_on: date | None
    revoked_on: date | None

    __table_args__ = (
        Index("ix_card_fact_issued_on", "issued_on"),
        Index("ix_card_fact_revoked_on", "revoked_on"),
    )


class ComplaintFactRow(ReportingTables, table=True):
    """A complaint. `recused`: ids of the staff who must not learn of it, not even by a number. `awaits_case`: not all
    of them are known."""

    __tablename__ = "complaint_fact"
    complaint_id: UUID = Field(primary_key=True)
    seen: int
    case_id: UUID | None
    kind: str | None
    accused_org: str | None = _code()
    handler_org: str | None = _code()
    recused: list[str] | None = Field(sa_column=Column(ARRAY(Text)))
    awaits_case: bool | None
    lodged_on: date | None
    outcome: str | None
    concluded_on: date | None

    __table_args__ = (
        Index("ix_complaint_fact_lodged_on", "lodged_on"),
        Index("ix_complaint_fact_concluded_on", "concluded_on"),
    )


class ReportedItemRow(ReportingTables, table=True):
    """A service item; `name` is that of the version published last."""

    __tablename__ = "item"
    org: str = _code(primary_key=True)
    code: str = _code(primary_key=True)
    seen: int
    name: str | None


class ReportedOrgRow(ReportingTables, table=True):
    """An org as routing announced it."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)
    seen: int
    name: str | None
