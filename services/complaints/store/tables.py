"""The tables of complaints."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.sets import table_of
from bianmin.kit.tables import add_kit_tables


class ComplaintTables(SQLModel):
    """The base of these tables: its own, so that other services in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(ComplaintTables.metadata)


def _code(**options: Any) -> Any:
    """Return a column of division codes, compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


def _encrypted(**options: Any) -> Any:
    return Field(sa_column=Column(LargeBinary, **options))


class ComplaintRow(ComplaintTables, table=True):
    """A complaint as it stands.

    `text` and `complainant` are encrypted; `follow` is a keyed digest of the follow code. `ends`: when each
    period ends, by its stage.
    """

    __tablename__ = "complaint"
    id: UUID = Field(primary_key=True)
    complaint_no: str = Field(unique=True)
    kind: str
    channel: str
    anonymous: bool
    accused_org: str = _code(nullable=False)
    accused_staff: str | None
    accused_staff_org: str | None = _code()
    case_id: UUID | None
    awaits_case: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=sql("false")))
    handler_org: str = _code(nullable=False)
    lodged_on: date
    status: str
    accepted_on: date | None = Field(sa_column=Column(Date))
    escalated_on: date | None = Field(sa_column=Column(Date))
    investigator: str | None
    outcome: str | None
    concluded_on: date | None = Field(sa_column=Column(Date))
    replied_on: date | None = Field(sa_column=Column(Date))
    refused_on: date | None = Field(sa_column=Column(Date))
    level: str
    objected: bool
    extended_by: int
    past_investigators: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    ends: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    text: bytes = _encrypted(nullable=False)
    complainant: bytes | None = _encrypted()
    follow: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    sequence: int
    version: int
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=sql("now()")))

    __table_args__ = (
        Index("ix_complaint_handler_org_id", "handler_org", "id"),
        Index("ix_complaint_changed_at_id", "changed_at", "id"),
        Index("ix_complaint_case_id", "case_id"),
        Index("ix_complaint_awaits_case", "id", postgresql_where=sql("awaits_case")),
        Index("ix_complaint_accused_staff", "accused_staff"),
    )


class PaperRow(ComplaintTables, table=True):
    """A document in the file of a complaint, never changed. `content` is encrypted; `number` gives the order."""

    __tablename__ = "paper"
    complaint_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("complaint.id"), primary_key=True))
    number: int = Field(primary_key=True)
    kind: str
    level: str
    written_on: date
    written_by: str
    content: bytes = _encrypted(nullable=False)


class OrgNameRow(ComplaintTables, table=True):
    """An org as routing announced it."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)
    name: str


class DirectoryRow(ComplaintTables, table=True):
    """A member of staff as routing announced them."""

    __tablename__ = "staff"
    id: str = Field(primary_key=True)
    org: str = _code(nullable=False)
    dept: str | None
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class CaseStaffRow(ComplaintTables, table=True):
    """Somebody who worked on a case, as intake, routing and deadlines announced it.

    They have an interest in a complaint about that case, and are recused from it.
    """

    __tablename__ = "party"
    case_id: UUID = Field(primary_key=True)
    staff: str = Field(primary_key=True)


class ComplaintAuditRow(ComplaintTables, table=True):
    """Who read a complaint, and when."""

    __tablename__ = "audit"
    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    actor: str
    org: str
    complaint_id: UUID


complaints = table_of(ComplaintRow)
case_staff = table_of(CaseStaffRow)
papers = table_of(PaperRow)
