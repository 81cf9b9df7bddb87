"""the event that told of a pause"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("pause", sa.Column("evidence", sa.Uuid(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
