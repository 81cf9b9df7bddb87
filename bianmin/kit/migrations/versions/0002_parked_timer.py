"""Parked timer commands get a table of their own; those that stood among the held events move there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "parked_timer",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('held_id_seq')"), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_timer")),
    )
    op.create_index("uq_parked_timer_timer_subject", "parked_timer", ["timer", "subject"], unique=True)
    op.execute(
        """
        WITH moved AS (DELETE FROM held WHERE source LIKE 'timer:%' RETURNING *)
        INSERT INTO parked_timer (id, timer, subject, reason, attempts, parked_at)
        SELECT id, substr(source, 7), subject, reason, attempts, held_at FROM moved
        """
    )
