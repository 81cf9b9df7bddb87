"""special procedures, cycles, and how long a supplement is waited for"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("procedures", "cards"):
        op.add_column(
            "cases", sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
        )
        op.alter_column("cases", name, server_default=None)
    op.add_column("cases", sa.Column("cycle", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("cases", "cycle", server_default=None)
    op.add_column("cases", sa.Column("waits_until", sa.Date(), nullable=True))
    # whoever was told before there was an end to the wait has as long as anybody has by default
    op.execute(
        """
        UPDATE cases SET waits_until = (notice ->> 'noticed_on')::date + 30,
            notice = notice || jsonb_build_object('wait_until', (notice ->> 'noticed_on')::date + 30)
        WHERE status = 'supplement_requested' AND notice IS NOT NULL
        """
    )
    op.create_index(
        "ix_cases_waits_until",
        "cases",
        ["waits_until", "id"],
        unique=False,
        postgresql_where=sa.text("waits_until IS NOT NULL"),
    )
