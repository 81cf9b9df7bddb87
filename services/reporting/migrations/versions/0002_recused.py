"""Store who is recused from a complaint, as its events announce it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("complaint_fact", sa.Column("recused", postgresql.ARRAY(sa.Text()), nullable=True))
    op.execute(
        """
        UPDATE complaint_fact c SET recused = h.staff
        FROM (SELECT case_id, array_agg(staff_id) AS staff FROM case_handler GROUP BY case_id) AS h
        WHERE h.case_id = c.case_id
        """
    )
    op.drop_table("case_handler")
    op.drop_index("ix_complaint_fact_accused_org", table_name="complaint_fact")
    op.create_index("ix_complaint_fact_lodged_on", "complaint_fact", ["lodged_on"], unique=False)
    op.create_index("ix_complaint_fact_concluded_on", "complaint_fact", ["concluded_on"], unique=False)
