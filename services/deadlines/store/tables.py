"""Deadlines' tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.sets import table_of
from bianmin.kit.tables import add_kit_tables


class DeadlinesTables(SQLModel):
    """The base of deadlines' tables: other services in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(DeadlinesTables.metadata)


def _moment(**options: Any) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), **options))


def _code(**options: Any) -> Any:
    """A division code: compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


_RUNNING = "state = 'running'"
_YELLOW_OR_RED = "lamp IN ('yellow', 'red')"


class SubjectRow(DeadlinesTables, table=True):
    """A case or a complaint. Every transaction locks this row before it reads the subject's clocks.

    `reach`: JSON of what decides who may see the subject. `seen_by`: the keys that follow from `reach`; they are stored
    here and not with the clocks, so that a signal does not write them again. `standstills`, `cards`: how many pauses
    and cards the subject has; where the number is 0, nobody reads their tables. `sequence`: number of its latest event.
    """

    __tablename__ = "subject"
    id: UUID = Field(primary_key=True)
    kind: str
    reach: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    seen_by: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    phase: str
    cycle: int
    standstills: int
    cards: int
    sequence: int
    item: dict[str, Any] | None = Field(sa_column=Column(JSONB))

    __table_args__ = (Index("ix_subject_seen_by", "seen_by", postgresql_using="gin"),)


class PauseRow(DeadlinesTables, table=True):
    """Time that does not count for a subject's clocks, from `since` to `until`; `until` is null while it lasts.

    `evidence`: id of the event that announced it; null in rows that are older than this column.
    """

    __tablename__ = "pause"
    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("subject.id"), nullable=False))
    since: datetime = _moment(nullable=False)
    until: datetime | None = _moment()
    reason: str
    legal_basis: str
    evidence: UUID | None

    __table_args__ = (Index("ix_pause_subject_id", "subject_id"),)


class ClockRow(DeadlinesTables, table=True):
    """A clock: what was decided about it, its calculated end, and the signals it has sent.

    While the clock is paused, `due_on` is null and `due_at` infinity. `budget`, `extended_by`: in `unit`s. `policy`:
    what a policy set, null where the law and the item decide. `told`: the signals sent, separated by spaces.
    `next_fire_at`: when the next signal is due or the lamp changes; null when neither is left. `version` counts the
    changes, `changed_at` is the time of the latest by the machine's clock.
    """

    __tablename__ = "clock"
    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("subject.id"), nullable=False))
    kind: str
    stage: str | None
    cycle: int
    org: str = _code(nullable=False)
    dept: str | None
    unit: str
    budget: int
    policy: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    extended_by: int
    started_on: date
    started_at: datetime = _moment(nullable=False)
    not_before: date | None
    due_on: date | None
    due_at: datetime = _moment(nullable=False)
    reminder_at: datetime | None = _moment()
    yellow_at: datetime | None = _moment()
    calendar_version: str
    provisional: bool
    lamp: str
    told: str
    state: str
    stopped_at: datetime | None = _moment()
    late: bool | None
    next_fire_at: datetime | None = _moment()
    version: int
    changed_at: datetime = _moment(nullable=False, server_default=text("now()"))

    __table_args__ = (
        Index("ix_clock_next_fire_at", "next_fire_at", postgresql_where=text("next_fire_at IS NOT NULL")),
        Index("ix_clock_subject_id", "subject_id"),
        # lists are ordered by (due_at, id): all clocks; running ones; yellow or red ones; running and yellow or red
        # ones; those of an org
        Index("ix_clock_due_at_id", "due_at", "id"),
        Index("ix_clock_running_due_at_id", "due_at", "id", postgresql_where=text(_RUNNING)),
        Index("ix_clock_lamp_due_at_id", "lamp", "due_at", "id", postgresql_where=text(_YELLOW_OR_RED)),
        Index(
            "ix_clock_running_lamp_due_at_id",
            "lamp",
            "due_at",
            "id",
            postgresql_where=text(f"{_RUNNING} AND {_YELLOW_OR_RED}"),
        ),
        Index("ix_clock_org_due_at_id", "org", "due_at", "id"),
        Index("ix_clock_changed_at_id", "changed_at", "id"),
    )


class DueChangeRow(DeadlinesTables, table=True):
    """A change of a clock's due day, and the reason. `sequence`: number of the event that announced it.

    `extended_by`: by how many units, null where the reason is no extension. A day is null while the clock is paused.
    """

    __tablename__ = "clock_move"
    clock_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("clock.id"), primary_key=True))
    sequence: int = Field(primary_key=True)
    moved_at: datetime = _moment(nullable=False)
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str


class CardRow(DeadlinesTables, table=True):
    """A yellow or red card; never deleted. `appeal` and `settlement` are encrypted.

    `to_weigh`: whether a timer has still to compare this yellow card with the others of its unit in twelve months.
    """

    __tablename__ = "card"
    id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("subject.id"), nullable=False))
    clock_id: UUID
    kind: str
    stage: str | None
    level: str
    reason: str
    org: str = _code(nullable=False)
    dept: str | None
    cycle: int
    issued_at: datetime = _moment(nullable=False)
    appeal_by: datetime = _moment(nullable=False)
    status: str
    appealed_at: datetime | None = _moment()
    appealed_by: str | None
    appeal: bytes | None = Field(sa_column=Column(LargeBinary))
    settled_at: datetime | None = _moment()
    settled_by: str | None
    settlement: bytes | None = Field(sa_column=Column(LargeBinary))
    settled_reason: str | None
    to_weigh: bool
    version: int
    changed_at: datetime = _moment(nullable=False, server_default=text("now()"))

    __table_args__ = (
        Index("ix_card_subject_id", "subject_id"),
        Index("ix_card_issued_at_id", "issued_at", "id"),
        Index("ix_card_org_issued_at_id", "org", "issued_at", "id"),
        Index("ix_card_changed_at_id", "changed_at", "id"),
        Index("ix_card_to_weigh", "issued_at", "id", postgresql_where=text("to_weigh")),
    )


class DocumentRow(DeadlinesTables, table=True):
    """The latest publication of a region: a year of its calendar, its opening hours, or its policies.

    `name`: the region; of a calendar `region/year`. `version` counts the publications. `content` is null where the
    document was withdrawn.
    """

    __tablename__ = "document"
    kind: str = Field(primary_key=True)
    name: str = _code(primary_key=True)
    version: int
    content: dict[str, Any] | list[Any] | None = Field(sa_column=Column(JSONB))
    published_at: datetime = _moment(nullable=False)
    published_by: str


class DocumentHistoryRow(DeadlinesTables, table=True):
    """Every publication of a document, the latest included. Rows are never changed."""

    __tablename__ = "document_history"
    kind: str = Field(primary_key=True)
    name: str = _code(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] | list[Any] | None = Field(sa_column=Column(JSONB))
    published_at: datetime = _moment(nullable=False)
    published_by: str


class EditionRow(DeadlinesTables, table=True):
    """The one row that says which rulebook is in force: a digest of all documents, published and shipped.

    `generation`: that of the newest program that has installed its shipped calendars. Who calculates clocks locks the
    row FOR SHARE until the commit, and who publishes locks the table: so no clock is calculated by an outdated calendar
    and then missed by the recount.
    """

    __tablename__ = "edition"
    id: int = Field(primary_key=True)
    digest: str
    generation: int


class RecountRow(DeadlinesTables, table=True):
    """An order to recalculate clocks after a publication: those of `region` and below that run between two days.

    `since`, `until`: these days, both included. `state`: `ordered`, `running`, `done`. `total`: how many subjects.
    """

    __tablename__ = "recount"
    id: UUID = Field(primary_key=True)
    region: str = _code(nullable=False)
    year: int
    since: date
    until: date
    state: str
    total: int
    created_at: datetime = _moment(nullable=False)
    finished_at: datetime | None = _moment()


class RecountSubjectRow(DeadlinesTables, table=True):
    """A subject that a recount has still to recalculate. No foreign keys: millions of rows are inserted at once."""

    __tablename__ = "recount_subject"
    recount_id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True)

    __table_args__ = (Index("ix_recount_subject_subject_id", "subject_id"),)


class OrgCodeRow(DeadlinesTables, table=True):
    """An org that routing announced. The API answers for the calendar of a known org only."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)


subjects = table_of(SubjectRow)
pauses = table_of(PauseRow)
clocks = table_of(ClockRow)
cards = table_of(CardRow)
orgs = table_of(OrgCodeRow)
