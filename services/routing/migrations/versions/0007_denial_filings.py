"""File denials before they are decided."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("route", sa.Column("filings", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("route", "filings", server_default=None)
    op.create_table(
        "denial_filing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("office_org", sa.String(collation="C"), nullable=False),
        sa.Column("office_dept", sa.String(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_denial_filing"),
    )
    op.create_index("ix_denial_filing_case_id", "denial_filing", ["case_id", "id"])
    op.create_index("ix_denial_filing_office_org_status_id", "denial_filing", ["office_org", "status", "id"])
    op.create_index("ix_denial_filing_status_id", "denial_filing", ["status", "id"])
