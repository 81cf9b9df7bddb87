"""Answers to requests with a key are encrypted from now on; those stored before are not."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("idempotency", sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.alter_column("idempotency", "sealed", server_default=sa.text("true"))
