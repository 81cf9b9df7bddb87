"""Let steps run side by side; record replies to applicants and mediations of disputes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("task", sa.Column("step_group", sa.Integer(), nullable=True))
    op.add_column("route", sa.Column("reply_method", sa.String(), nullable=True))
    op.add_column("route", sa.Column("replied_on", sa.Date(), nullable=True))
    op.add_column("route", sa.Column("reply_text", sa.LargeBinary(), nullable=True))
    op.add_column("route", sa.Column("mediations", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("route", "mediations", server_default=None)
    op.create_table(
        "mediation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("office_org", sa.String(collation="C"), nullable=False),
        sa.Column("office_dept", sa.String(), nullable=True),
        sa.Column("mediated_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("mediators", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mediation"),
    )
    op.create_index("ix_mediation_case_id", "mediation", ["case_id", "id"])
