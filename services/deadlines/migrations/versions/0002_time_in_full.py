"""pauses, extensions, cycles and reminders"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("subject", sa.Column("cycle", sa.Integer(), server_default="1", nullable=False))
    op.add_column("subject", sa.Column("standstills", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("subject", "cycle", server_default=None)
    op.alter_column("subject", "standstills", server_default=None)
    op.add_column("subject", sa.Column("cards", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("subject", "cards", server_default=None)
    op.add_column("subject", sa.Column("item", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_table(
        "pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_pause_subject_id_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index("ix_pause_subject_id", "pause", ["subject_id"], unique=False)
    op.create_table(
        "card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=True),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appealed_by", sa.String(), nullable=True),
        sa.Column("appeal", sa.LargeBinary(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settlement", sa.LargeBinary(), nullable=True),
        sa.Column("settled_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_card_subject_id_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
    )
    op.create_index("uq_card_clock_id_level", "card", ["clock_id", "level"], unique=True)
    op.create_index("ix_card_subject_id", "card", ["subject_id"], unique=False)
    op.create_index("ix_card_issued_at_id", "card", ["issued_at", "id"], unique=False)
    op.create_index("ix_card_org_issued_at_id", "card", ["org", "issued_at", "id"], unique=False)
    op.create_index("ix_card_changed_at_id", "card", ["changed_at", "id"], unique=False)
    op.add_column("clock", sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("clock", sa.Column("extended_by", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("clock", "extended_by", server_default=None)
    op.add_column("clock", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clock", sa.Column("not_before", sa.Date(), nullable=True))
    op.add_column("clock", sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clock", sa.Column("told", sa.String(), server_default="", nullable=False))
    op.alter_column("clock", "told", server_default=None)
    op.alter_column("clock", "due_on", nullable=True)
    # days were all that was counted so far; a lamp that was not green had been told of
    op.execute(
        """
        UPDATE clock SET started_at = started_on::timestamp AT TIME ZONE 'Asia/Shanghai',
            told = CASE lamp WHEN 'yellow' THEN 'yellow' WHEN 'red' THEN 'yellow red' ELSE '' END
        """
    )
    op.alter_column("clock", "started_at", nullable=False)
    for name, key in (("document", ["kind", "name"]), ("document_history", ["kind", "name", "version"])):
        op.create_table(
            name,
            sa.Column("kind", sa.String(), nullable=False),
            sa.Column("name", sa.String(collation="C"), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
            sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("published_by", sa.String(), nullable=False),
            sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("shipped", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.execute("INSERT INTO edition (id, digest, shipped) VALUES (1, '', '')")
    op.create_table(
        "recount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.String(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )
    op.create_table(
        "recount_subject",
        sa.Column("recount_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("recount_id", "subject_id", name=op.f("pk_recount_subject")),
    )
    op.create_index("ix_recount_subject_subject_id", "recount_subject", ["subject_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
