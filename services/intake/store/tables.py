"""Intake's tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, DateTime, Index, Integer, LargeBinary, MetaData, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.sets import table_of
from bianmin.kit.tables import add_kit_tables


class IntakeTables(SQLModel):
    """The base of intake's tables: other services in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(IntakeTables.metadata)


def _code(**options: Any) -> Any:
    """A column for a division or item code: compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


def _json(**options: Any) -> Any:
    return Field(sa_column=Column(JSONB, **options))


def _moment(**options: Any) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), **options))


class ItemRow(IntakeTables, table=True):
    """A service item of an org. `latest` and `published` are version numbers, `version` counts the changes."""

    __tablename__ = "item"
    org: str = _code(primary_key=True)
    code: str = _code(primary_key=True)
    latest: int
    published: int | None = Field(default=None)
    sequence: int
    version: int


class ItemVersionRow(IntakeTables, table=True):
    """A version of an item. `guide` is what a registration needs of the content (`domain.content.Guide`)."""

    __tablename__ = "item_version"
    org: str = _code(primary_key=True)
    code: str = _code(primary_key=True)
    number: int = Field(primary_key=True)
    status: str
    content: dict[str, Any] = _json(nullable=False)
    guide: dict[str, Any] = _json(nullable=False)
    changed_at: datetime = _moment(nullable=False, server_default=text("now()"))


class KnownOrgRow(IntakeTables, table=True):
    """An org as routing announced it. `offices`: department to name."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)
    name: str
    offices: dict[str, str] = _json(nullable=False)


UNIQUE_CLIENT_REF = "uq_cases_client_ref_registered_by"


class CaseRow(IntakeTables, table=True):
    """A case. The JSON columns hold the dataclasses of `domain.case`, `domain.clocks` and `domain.cards`.

    `seen_by` are the keys that open the case to staff. `holders` are `org/dept`. `brought` are the submitted materials.
    `client_ref` is unique for each `registered_by`; release 0.1 let clients repeat one, and `client_ref_repetition`
    numbers those cases from 1.
    """

    __tablename__ = "cases"
    id: UUID = Field(primary_key=True)
    case_no: str = Field(sa_column=Column(String(collation="C"), nullable=False, unique=True))
    item_org: str = _code(nullable=False)
    item_code: str = _code(nullable=False)
    item_version: int
    org: str = _code(nullable=False)
    accepting_org: str = _code(nullable=False)
    dept: str
    holders: list[str] = _json(nullable=False)
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    channel: str
    applicant: dict[str, Any] = _json(nullable=False)
    registered_by: str
    client_ref: str | None
    client_ref_repetition: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    agent_id: str | None
    registered_at: datetime = _moment(nullable=False)
    received_on: date
    status: str
    lamp: str | None
    brought: list[Any] = _json(nullable=False)
    notice: dict[str, Any] | None = _json()
    refusal: dict[str, Any] | None = _json()
    refusal_filing: dict[str, Any] | None = _json()
    accepted_on: date | None = Field(sa_column=Column(Date))
    deemed: bool
    decided_on: date | None = Field(sa_column=Column(Date))
    closed_on: date | None = Field(sa_column=Column(Date))
    withdrawal_pending: bool
    withdrawal_reason: str | None
    clocks: list[Any] = _json(nullable=False)
    cards: list[Any] = _json(nullable=False)
    procedures: list[Any] = _json(nullable=False)
    cycle: int
    waits_until: date | None = Field(sa_column=Column(Date))
    sequence: int
    version: int
    changed_at: datetime = _moment(nullable=False, server_default=text("now()"))

    __table_args__ = (
        Index("ix_cases_org_id", "org", "id"),
        Index("ix_cases_seen_by", "seen_by", postgresql_using="gin"),
        Index("ix_cases_changed_at_id", "changed_at", "id"),
        Index("ix_cases_lamp_id", "lamp", "id", postgresql_where=text("lamp IN ('yellow', 'red')")),
        Index("ix_cases_registered_by_id", "registered_by", "id"),
        Index(
            UNIQUE_CLIENT_REF,
            "client_ref",
            "registered_by",
            "client_ref_repetition",
            unique=True,
            postgresql_where=text("client_ref IS NOT NULL"),
        ),
        Index("ix_cases_waits_until", "waits_until", "id", postgresql_where=text("waits_until IS NOT NULL")),
    )


class ApplicantRow(IntakeTables, table=True):
    """The applicant of a case: `sealed` is the encrypted form, `tail` a keyed digest of the last four of the id."""

    __tablename__ = "applicant"
    case_id: UUID = Field(primary_key=True)
    kind: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    tail: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RefusalFilingRow(IntakeTables, table=True):
    """A filing of a refusal, with its texts; `facts`, `reason` and `opinion` are encrypted."""

    __tablename__ = "refusal_filing"
    id: UUID = Field(primary_key=True)
    case_id: UUID
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    legal_basis: str = Field(sa_column=Column(Text, nullable=False))
    missing: list[int] = _json(nullable=False)
    filed_on: date
    filed_by: str
    status: str
    answered_on: date | None = Field(sa_column=Column(Date))
    answered_by: str | None
    opinion: bytes | None = Field(sa_column=Column(LargeBinary))

    __table_args__ = (
        Index("ix_refusal_filing_case_id", "case_id", "id"),
        Index("ix_refusal_filing_status_id", "status", "id"),
    )


class TimelineRow(IntakeTables, table=True):
    """One event of a case, from any service, without personal data."""

    __tablename__ = "timeline"
    case_id: UUID = Field(primary_key=True)
    source: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = _moment(nullable=False)
    type: str
    actor: str
    org: str
    data: dict[str, Any] = _json(nullable=False)


class CaseNumberRow(IntakeTables, table=True):
    """The last case number of an org on a day. Its lock is held to the commit, so numbers have no gaps."""

    __tablename__ = "case_number"
    org: str = _code(primary_key=True)
    day: date = Field(primary_key=True)
    last: int = Field(sa_column=Column(Integer, nullable=False))


class ApplicantAuditRow(IntakeTables, table=True):
    """An access to unmasked personal data: who, when, of which case, for what purpose."""

    __tablename__ = "audit"
    id: UUID = Field(primary_key=True)
    at: datetime = _moment(nullable=False)
    actor: str
    org: str
    action: str
    case_id: UUID
    purpose: str = Field(sa_column=Column(Text, nullable=False))


cases = table_of(CaseRow)
refusal_filings = table_of(RefusalFilingRow)
versions = table_of(ItemVersionRow)
items = table_of(ItemRow)
orgs = table_of(KnownOrgRow)
applicants = table_of(ApplicantRow)
timeline = table_of(TimelineRow)
