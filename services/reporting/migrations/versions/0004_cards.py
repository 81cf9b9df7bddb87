"""Store the cards of cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "card_fact",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_card_fact")),
    )
    op.create_index("ix_card_fact_issued_on", "card_fact", ["issued_on"], unique=False)
    op.create_index("ix_card_fact_revoked_on", "card_fact", ["revoked_on"], unique=False)
