"""The tables of the kit, which stand in the schema of every service beside its own."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID


def add_kit_tables(metadata: MetaData) -> None:
    """Add outbox, inbox, held events, leases and idempotency keys to a service's tables."""
    moment = DateTime(timezone=True)
    Table(
        "outbox",
        metadata,
        # the names that Debezium's event router expects
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("aggregatetype", Text, nullable=False),
        Column("aggregateid", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("created_at", moment, nullable=False, server_default=text("now()")),
    )
    Table(
        "inbox",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", Integer, nullable=False),
    )
    Table(
        "held",
        metadata,
        # `held.py` says what each state means
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("source", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("held_at", moment, nullable=False, server_default=text("now()")),
        Column("next_try", moment),
        Index("uq_held_source_subject_sequence", "source", "subject", "sequence", unique=True),
        Index("ix_held_subject", "subject"),
        Index("ix_held_next_try", "next_try", postgresql_where=text("next_try IS NOT NULL")),
    )
    Table(
        "parked_timer",
        metadata,
        # what a timer could not do; ids come from the sequence of `held`, so that one list can hold both
        Column("id", BigInteger, primary_key=True, server_default=text("nextval('held_id_seq')")),
        Column("timer", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("parked_at", moment, nullable=False, server_default=text("now()")),
        Index("uq_parked_timer_timer_subject", "timer", "subject", unique=True),
    )
    Table(
        "reread",
        metadata,
        # chains whose events are to be taken in again; migrations fill it
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
    )
    Table(
        "passed_over",
        metadata,
        # events that came too late to have an effect
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", Integer, primary_key=True),
        Column("type", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", moment, nullable=False, server_default=text("now()")),
    )
    Table(
        "lease",
        metadata,
        Column("name", Text, primary_key=True),
        Column("holder", UUID(as_uuid=True)),
        Column("token", BigInteger, nullable=False, server_default="0"),
        Column("expires_at", moment, nullable=False, server_default=text("'-infinity'")),
    )
    Table(
        "idempotency",
        metadata,
        Column("client", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("etag", Text),
        Column("created_at", moment, nullable=False, server_default=text("now()")),
        # false: an answer in plain, of a release that did not encrypt them
        Column("sealed", Boolean, nullable=False, server_default=text("true")),
        Index("ix_idempotency_created_at", "created_at"),
    )
    # the version table of the kit's own schema history, as Alembic makes it
    Table("kit_version", metadata, Column("version_num", String(32), primary_key=True))
