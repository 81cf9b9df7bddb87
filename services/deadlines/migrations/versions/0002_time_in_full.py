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
    for name, key in (("calendar", ["region", "year"]), ("calendar_history", ["region", "year", "version"])):
        op.create_table(
            name,
            sa.Column("region", sa.String(collation="C"), nullable=False),
            sa.Column("year", sa.Integer(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("status", sa.String(), nullable=False),
            sa.Column("source", sa.String(), nullable=False),
            sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        sa.ForeignKeyConstraint(["recount_id"], ["recount.id"], name=op.f("fk_recount_subject_recount_id_recount")),
        sa.PrimaryKeyConstraint("recount_id", "subject_id", name=op.f("pk_recount_subject")),
    )


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
