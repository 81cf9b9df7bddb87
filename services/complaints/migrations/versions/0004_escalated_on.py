"""Store the start of a review beside the day of acceptance instead of in its place."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("complaint", sa.Column("escalated_on", sa.Date(), nullable=True))
    # its first acceptance was overwritten and is not known here any more
    op.execute("UPDATE complaint SET escalated_on = accepted_on, accepted_on = NULL WHERE level <> 'handling'")
