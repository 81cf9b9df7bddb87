"""The tables of routes: tasks, special procedures, extensions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from bianmin.kit.sets import table_of
from services.routing.store.tables.base import RoutingTables, code_column, moment_column


class RouteRow(RoutingTables, table=True):
    """The route of an accepted case. Every command locks this row before it changes the case.

    `seen_by` holds the keys that open the case (`bianmin.domain.access`). `signed_by` and `reply_text` are encrypted.
    `past` holds the earlier cycles. `legal_clock` and `legal_due_at` are the statutory clock, as deadlines told it.
    `procedures`, `extensions`, `mediations` and `filings` are counts: for most cases 0, so that their tables need not
    be read.
    """

    __tablename__ = "route"
    case_id: UUID = Field(primary_key=True)
    case_no: str
    item: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    org: str = code_column(nullable=False)
    accepting_org: str = code_column(nullable=False)
    dept: str
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str
    decided_on: date | None = Field(sa_column=Column(Date))
    delivered_on: date | None = Field(sa_column=Column(Date))
    delivery_method: str | None
    signed_by: bytes | None = Field(sa_column=Column(LargeBinary))
    reply_method: str | None
    replied_on: date | None = Field(sa_column=Column(Date))
    reply_text: bytes | None = Field(sa_column=Column(LargeBinary))
    closed_on: date | None = Field(sa_column=Column(Date))
    cycle: int
    past: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    legal_clock: UUID | None
    legal_due_at: datetime | None = moment_column()
    procedures: int
    extensions: int
    mediations: int
    filings: int
    sequence: int
    version: int

    __table_args__ = (Index("ix_route_seen_by", "seen_by", postgresql_using="gin"),)


_OPEN = "status IN ('assigned', 'received', 'in_progress')"


class TaskRow(RoutingTables, table=True):
    """A task of a route. `note` and `result` are encrypted; `changed_at` is real time and orders the change feed."""

    __tablename__ = "task"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    place: int
    seq: int
    kind: str
    office_org: str = code_column(nullable=False)
    office_dept: str | None
    status: str
    assignee: str | None
    received_at: datetime | None = moment_column()
    done_at: datetime | None = moment_column()
    opinion: str | None
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    reason_code: str | None
    legal_basis: str | None = Field(sa_column=Column(Text))
    cycle: int
    step_group: int | None
    assigned_on: date | None = Field(sa_column=Column(Date))
    verified_by: str | None
    recused: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    objection: str | None
    result: bytes | None = Field(sa_column=Column(LargeBinary))
    escalated_to: str | None
    changed_at: datetime = moment_column(nullable=False, server_default=text("now()"))

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


class FilingRow(RoutingTables, table=True):
    """A filing of a denial. `office_…` is the office that decides; `facts`, `reason` and `opinion` are encrypted."""

    __tablename__ = "denial_filing"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    office_org: str = code_column(nullable=False)
    office_dept: str | None
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    legal_basis: str = Field(sa_column=Column(Text, nullable=False))
    missing: list[int] = Field(sa_column=Column(JSONB, nullable=False))
    filed_on: date
    filed_by: str
    status: str
    answered_on: date | None = Field(sa_column=Column(Date))
    answered_by: str | None
    opinion: bytes | None = Field(sa_column=Column(LargeBinary))

    __table_args__ = (
        Index("ix_denial_filing_case_id", "case_id", "id"),
        Index("ix_denial_filing_office_org_status_id", "office_org", "status", "id"),
        Index("ix_denial_filing_status_id", "status", "id"),
    )


class MediationRow(RoutingTables, table=True):
    """An attempt to mediate a dispute; `mediators` and `note` are encrypted."""

    __tablename__ = "mediation"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    office_org: str = code_column(nullable=False)
    office_dept: str | None
    mediated_on: date
    outcome: str
    mediators: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    note: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    recorded_by: str

    __table_args__ = (Index("ix_mediation_case_id", "case_id", "id"),)


class ExtensionRow(RoutingTables, table=True):
    """A request for an extension. `office_…` is the office that decides; `reason` and `answer` are encrypted."""

    __tablename__ = "extension"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    cycle: int
    office_org: str = code_column(nullable=False)
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


routes = table_of(RouteRow)
tasks = table_of(TaskRow)
procedures = table_of(ProcedureRow)
extensions = table_of(ExtensionRow)
mediations = table_of(MediationRow)
filings = table_of(FilingRow)
