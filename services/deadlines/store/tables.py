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


class Tables(SQLModel):
    """A base of its own, so that another service in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(Tables.metadata)


def _moment(**options: Any) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), **options))


def _code(**options: Any) -> Any:
    """A division code: compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


_RUNNING = "state = 'running'"
_GLOWING = "lamp IN ('yellow', 'red')"


class SubjectRow(Tables, table=True):
    """A case or a complaint. Its row is locked before its clocks are read, by every door.

    `seen_by`: the keys of whoever may see its clocks. Here and not at the clocks, so that firing them leaves it alone.
    `standstills`, `cards`: how many it has; most have none, and nobody looks for theirs.
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


class PauseRow(Tables, table=True):
    """Time that does not count, from its first to its last moment; `until` null while it lasts.

    `evidence`: the event that told of it; null of those before events were kept with them.
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


class ClockRow(Tables, table=True):
    """A clock. What it is counted by, what follows from that, and what was told.

    While it stands still `due_on` is null and `due_at` infinity. `policy`: what one has set, null where the law and the
    item hold. `told`: the signals told, in order. `next_fire_at`: when there is something to tell, or its lamp changes;
    null when nothing is left.
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
        # lists go by (due_at, id): of all clocks, of those that run, that glow, that run and glow, of an org's
        Index("ix_clock_due_at_id", "due_at", "id"),
        Index("ix_clock_running_due_at_id", "due_at", "id", postgresql_where=text(_RUNNING)),
        Index("ix_clock_lamp_due_at_id", "lamp", "due_at", "id", postgresql_where=text(_GLOWING)),
        Index(
            "ix_clock_running_lamp_due_at_id",
            "lamp",
            "due_at",
            "id",
            postgresql_where=text(f"{_RUNNING} AND {_GLOWING}"),
        ),
        Index("ix_clock_org_due_at_id", "org", "due_at", "id"),
        Index("ix_clock_changed_at_id", "changed_at", "id"),
    )


class MoveRow(Tables, table=True):
    """An end that moved, and why. `sequence`: of the event that told of it."""

    __tablename__ = "clock_move"
    clock_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("clock.id"), primary_key=True))
    sequence: int = Field(primary_key=True)
    moved_at: datetime = _moment(nullable=False)
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str


class CardRow(Tables, table=True):
    """A card, never deleted. `appeal` and `settlement` are sealed.

    `to_weigh`: a yellow one that has still to be seen together with the others of its unit.
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


class DocumentRow(Tables, table=True):
    """What a region has published as a whole: a year of its calendar, the hours of its desks, its policies.

    `name`: the region's, of a calendar with the year. `version` counts its publications. `content`: null where it was
    withdrawn.
    """

    __tablename__ = "document"
    kind: str = Field(primary_key=True)
    name: str = _code(primary_key=True)
    version: int
    content: dict[str, Any] | list[Any] | None = Field(sa_column=Column(JSONB))
    published_at: datetime = _moment(nullable=False)
    published_by: str


class DocumentHistoryRow(Tables, table=True):
    """Every publication of a document, the present one included. Never changed."""

    __tablename__ = "document_history"
    kind: str = Field(primary_key=True)
    name: str = _code(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] | list[Any] | None = Field(sa_column=Column(JSONB))
    published_at: datetime = _moment(nullable=False)
    published_by: str


class EditionRow(Tables, table=True):
    """The one row that says which rulebook is in force: the digest of all that was published, and of what the newest
    program came with, which is of this generation.

    Whoever counts by them holds it until the commit (FOR SHARE), whoever publishes locks the table: so no clock is
    counted by calendars that are not in force any more, and missed by the recount.
    """

    __tablename__ = "edition"
    id: int = Field(primary_key=True)
    digest: str
    generation: int


class RecountRow(Tables, table=True):
    """Clocks to be counted anew, because something was published: those below `region` that cross these days."""

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


class RecountSubjectRow(Tables, table=True):
    """A matter that a recount has still to look at. No foreign keys: millions are listed at once."""

    __tablename__ = "recount_subject"
    recount_id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True)

    __table_args__ = (Index("ix_recount_subject_subject_id", "subject_id"),)


class OrgRow(Tables, table=True):
    """Orgs that routing announced: a calendar can be asked for them."""

    __tablename__ = "org"
    code: str = _code(primary_key=True)


subjects = table_of(SubjectRow)
pauses = table_of(PauseRow)
clocks = table_of(ClockRow)
cards = table_of(CardRow)
orgs = table_of(OrgRow)
