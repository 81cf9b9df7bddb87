"""Assign, verify and object to tasks; recuse from them; say what was granted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("task", sa.Column("assigned_on", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("verified_by", sa.String(), nullable=True))
    op.add_column(
        "task",
        sa.Column("recused", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    op.alter_column("task", "recused", server_default=None)
    op.add_column("task", sa.Column("objection", sa.String(), nullable=True))
    op.add_column("task", sa.Column("result", sa.LargeBinary(), nullable=True))
    op.add_column("task", sa.Column("escalated_to", sa.String(), nullable=True))
