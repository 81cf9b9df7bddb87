"""File refusals before they are decided."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("refusal_filing", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_table(
        "refusal_filing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("opinion", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refusal_filing"),
    )
    op.create_index("ix_refusal_filing_case_id", "refusal_filing", ["case_id", "id"])
    op.create_index("ix_refusal_filing_status_id", "refusal_filing", ["status", "id"])
