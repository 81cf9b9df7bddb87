"""Store a row for each cycle of a case, and the day a case lapsed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("case_fact", sa.Column("cycle", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("case_fact", "cycle", server_default=None)
    op.drop_constraint("pk_case_fact", "case_fact", type_="primary")
    op.create_primary_key("pk_case_fact", "case_fact", ["case_id", "cycle"])
    op.add_column("case_fact", sa.Column("lapsed_on", sa.Date(), nullable=True))
