"""what a pause rests on; ends that moved; yellow cards weighed together"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("pause", sa.Column("evidence", sa.Uuid(), nullable=True))
    op.create_table(
        "clock_move",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=True),
        sa.Column("previous_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_move_clock_id_clock")),
        sa.PrimaryKeyConstraint("clock_id", "sequence", name=op.f("pk_clock_move")),
    )
    # what was revoked because the end had moved may be issued again; the id, which follows from the clock, is unique
    op.drop_index("uq_card_clock_id_level", "card")
    op.add_column("card", sa.Column("to_weigh", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("card", "to_weigh", server_default=None)
    op.create_index("ix_card_to_weigh", "card", ["issued_at", "id"], unique=False, postgresql_where=sa.text("to_weigh"))


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
