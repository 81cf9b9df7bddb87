"""Make a client's references unique. Cases that release 0.1 registered under one reference stay, numbered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("client_ref_repetition", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        """
        UPDATE cases SET client_ref_repetition = numbered.repetition
        FROM (
            SELECT id, row_number() OVER (PARTITION BY client_ref, registered_by ORDER BY id) - 1 AS repetition
            FROM cases WHERE client_ref IS NOT NULL
        ) numbered
        WHERE cases.id = numbered.id AND numbered.repetition > 0
        """
    )
    op.create_index(
        "uq_cases_client_ref_registered_by",
        "cases",
        ["client_ref", "registered_by", "client_ref_repetition"],
        unique=True,
        postgresql_where=sa.text("client_ref IS NOT NULL"),
    )
