"""which generation of shipped calendars is in force, whatever program asks"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("edition", sa.Column("generation", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("edition", "generation", server_default=None)
    # what runs was counted by the years of a program that did not number them yet
    op.execute("UPDATE edition SET generation = 1 WHERE shipped <> ''")
    op.drop_column("edition", "shipped")


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
