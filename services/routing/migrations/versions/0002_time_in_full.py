"""special procedures, extensions, cycles, and when the statutory period ends"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name, default in (("cycle", "1"), ("procedures", "0"), ("extensions", "0")):
        op.add_column("route", sa.Column(name, sa.Integer(), server_default=default, nullable=False))
        op.alter_column("route", name, server_default=None)
    op.add_column(
        "route", sa.Column("past", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.alter_column("route", "past", server_default=None)
    op.add_column("route", sa.Column("legal_clock", sa.Uuid(), nullable=True))
    op.add_column("route", sa.Column("legal_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("task", sa.Column("cycle", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("task", "cycle", server_default=None)
    op.create_table(
        "procedure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expected_days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
    )
    op.create_index("ix_procedure_case_id", "procedure", ["case_id", "id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_case_id", "extension", ["case_id", "id"], unique=False)
