"""the event that told of a pause; yellow cards weighed together"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("pause", sa.Column("evidence", sa.Uuid(), nullable=True))
    op.add_column("card", sa.Column("to_weigh", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("card", "to_weigh", server_default=None)
    op.create_index("ix_card_to_weigh", "card", ["issued_at", "id"], unique=False, postgresql_where=sa.text("to_weigh"))


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
