"""requests for more time are listed by office and status, and lapse with the handling they were made for"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("extension", sa.Column("office_org", sa.String(collation="C"), nullable=True))
    op.add_column("extension", sa.Column("office_dept", sa.String(), nullable=True))
    # it was asked by who decides: the office of the last step
    op.execute(
        """
        UPDATE extension AS e SET office_org = t.office_org, office_dept = t.office_dept
        FROM task t
        WHERE t.case_id = e.case_id
            AND t.place = (SELECT max(place) FROM task WHERE case_id = e.case_id AND cycle = e.cycle)
        """
    )
    op.alter_column("extension", "office_org", nullable=False)
    op.execute(
        """
        UPDATE extension AS e SET status = 'lapsed'
        FROM route r
        WHERE r.case_id = e.case_id AND e.status = 'requested' AND (r.status <> 'open' OR e.cycle < r.cycle)
        """
    )
    op.create_index("ix_extension_office_org_status_id", "extension", ["office_org", "status", "id"], unique=False)
    op.create_index("ix_extension_status_id", "extension", ["status", "id"], unique=False)
