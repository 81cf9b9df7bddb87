"""Routing's tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Index, LargeBinary, MetaData, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.sets import table_of
from bianmin.kit.tables import add_kit_tables


class RoutingTables(SQLModel):
    """Base of the tables of this service: another service in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(RoutingTables.metadata)


def _code(**options: Any) -> Any:
    """A column with a division code. It is compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


def _moment(**options: Any) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), **options))


class OrgRow(RoutingTables, table=True):
    """An org of the division tree."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)
    name: str
    level: str
    parent: str | None = _code()
    sequence: int
    version: int

    __table_args__ = (Index("ix_org_parent_code", "parent", "code"),)


class OfficeRow(RoutingTables, table=True):
    """A functional office of an org, for one line."""

    __tablename__ = "office"
    org: str = _code(primary_key=True)
    dept: str = Field(primary_key=True)
    name: str
    phone: str | None


class StaffRow(RoutingTables, table=True):
    """A member of staff. `id` is the `sub` of the member's tokens."""

    __tablename__ = "staff"
    id: str = _code(primary_key=True)
    org: str = _code(nullable=False)
    dept: str | None
    name: str
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    phone: str | None
    version: int

    __table_args__ = (Index("ix_staff_org_id", "org", "id"),)


class RouteRow(RoutingTables, table=True):
    """The route of an accepted case. Every command locks this row before it changes the case.

    `seen_by` holds the keys that open the case (`bianmin.domain.access`). `signed_by` is encrypted. `past` holds the
    earlier cycles. `legal_clock` and `legal_due_at` are the statutory clock, as deadlines announced it. `procedures`
    and `extensions` are counts: for most cases 0, so that their tables need not be read.
    """

    __tablename__ = "route"
    case_id: UUID = Field(primary_key=True)
    case_no: str
    item: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    org: str = _code(nullable=False)
    accepting_org: str = _code(nullable=False)
    dept: str
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str
    decided_on: date | None = Field(sa_column=Column(Date))
    delivered_on: date | None = Field(sa_column=Column(Date))
    delivery_method: str | None
    signed_by: bytes | None = Field(sa_column=Column(LargeBinary))
    closed_on: date | None = Field(sa_column=Column(Date))
    cycle: int
    past: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    legal_clock: UUID | None
    legal_due_at: datetime | None = _moment()
    procedures: int
    extensions: int
    sequence: int
    version: int

    __table_args__ = (Index("ix_route_seen_by", "seen_by", postgresql_using="gin"),)


_OPEN = "status IN ('assigned', 'received', 'in_progress')"


class TaskRow(RoutingTables, table=True):
    """A task of a route. `note` is encrypted; `changed_at` is real time and orders the change feed."""

    __tablename__ = "task"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    place: int
    seq: int
    kind: str
    office_org: str = _code(nullable=False)
    office_dept: str | None
    status: str
    assignee: str | None
    received_at: datetime | None = _moment()
    done_at: datetime | None = _moment()
    opinion: str | None
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    reason_code: str | None
    legal_basis: str | None = Field(sa_column=Column(Text))
    cycle: int
    changed_at: datetime = _moment(nullable=False, server_default=text("now()"))

    __table_args__ = (
        Index("uq_task_case_id_place", "case_id", "place", unique=True),
        # lists in the order of ids: tasks of an office, open tasks, tasks of a person
        Index("ix_task_office_org_status_id", "office_org", "status", "id"),
        Index("ix_task_open_status_id", "status", "id", postgresql_where=text(_OPEN)),
        Index("ix_task_assignee_id", "assignee", "id", postgresql_where=text("assignee IS NOT NULL")),
        Index("ix_task_changed_at_id", "changed_at", "id"),
    )


class ProcedureRow(RoutingTables, table=True):
    """A special procedure; `reason` is encrypted."""

    __tablename__ = "procedure"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    kind: str
    expected_days: int
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    started_on: date
    started_by: str
    ended_on: date | None = Field(sa_column=Column(Date))

    __table_args__ = (Index("ix_procedure_case_id", "case_id", "id"),)


class ExtensionRow(RoutingTables, table=True):
    """A request for an extension. `office_…` is the office that decides; `reason` and `answer` are encrypted."""

    __tablename__ = "extension"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    office_org: str = _code(nullable=False)
    office_dept: str | None
    days: int
    unit: str
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    requested_on: date
    requested_by: str
    status: str
    answered_on: date | None = Field(sa_column=Column(Date))
    answered_by: str | None
    answer: bytes | None = Field(sa_column=Column(LargeBinary))

    __table_args__ = (
        Index("ix_extension_case_id", "case_id", "id"),
        Index("ix_extension_office_org_status_id", "office_org", "status", "id"),
        Index("ix_extension_status_id", "status", "id"),
    )


orgs = table_of(OrgRow)
offices = table_of(OfficeRow)
staff = table_of(StaffRow)
routes = table_of(RouteRow)
tasks = table_of(TaskRow)
procedures = table_of(ProcedureRow)
extensions = table_of(ExtensionRow)
