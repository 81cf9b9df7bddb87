"""first floor"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "org",
        sa.Column("code", sa.String(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org")),
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reach", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seen_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
    )
    op.create_index("ix_subject_seen_by", "subject", ["seen_by"], unique=False, postgresql_using="gin")
    op.create_table(
        "clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("yellow_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("lamp", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("next_fire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_clock_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_index("ix_clock_changed_at_id", "clock", ["changed_at", "id"], unique=False)
    op.create_index("ix_clock_due_at_id", "clock", ["due_at", "id"], unique=False)
    op.create_index(
        "ix_clock_lamp_due_at_id",
        "clock",
        ["lamp", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("lamp IN ('yellow', 'red')"),
    )
    op.create_index(
        "ix_clock_next_fire_at",
        "clock",
        ["next_fire_at"],
        unique=False,
        postgresql_where=sa.text("next_fire_at IS NOT NULL"),
    )
    op.create_index("ix_clock_org_due_at_id", "clock", ["org", "due_at", "id"], unique=False)
    op.create_index(
        "ix_clock_running_due_at_id",
        "clock",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_clock_running_lamp_due_at_id",
        "clock",
        ["lamp", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'running' AND lamp IN ('yellow', 'red')"),
    )
    op.create_index("ix_clock_subject_id", "clock", ["subject_id"], unique=False)
