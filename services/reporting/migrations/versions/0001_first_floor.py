"""Create the tables of reporting."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seen_intake", sa.Integer(), nullable=False),
        sa.Column("seen_routing", sa.Integer(), nullable=False),
        sa.Column("seen_deadlines", sa.Integer(), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=True),
        sa.Column("accepting_org", sa.String(collation="C"), nullable=True),
        sa.Column("dept", sa.String(), nullable=True),
        sa.Column("item_org", sa.String(collation="C"), nullable=True),
        sa.Column("item_code", sa.String(collation="C"), nullable=True),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("promise_due_on", sa.Date(), nullable=True),
        sa.Column("promise_late", sa.Boolean(), nullable=True),
        sa.Column("promise_early", sa.Boolean(), nullable=True),
        sa.Column("statutory_due_on", sa.Date(), nullable=True),
        sa.Column("statutory_late", sa.Boolean(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_fact")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_case_fact_accepting_org", "case_fact", ["accepting_org"], unique=False)
    op.create_index(
        "ix_case_fact_first_on_last_on",
        "case_fact",
        ["first_on", "last_on"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
    )
    op.create_index("ix_case_fact_org", "case_fact", ["org"], unique=False)
    op.create_table(
        "case_handler",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_handler")),
    )
    op.create_table(
        "complaint_fact",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("accused_org", sa.String(collation="C"), nullable=True),
        sa.Column("handler_org", sa.String(collation="C"), nullable=True),
        sa.Column("lodged_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_fact")),
    )
    op.create_index("ix_complaint_fact_accused_org", "complaint_fact", ["accused_org"], unique=False)
    op.create_table(
        "item",
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("code", sa.String(collation="C"), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "code", name=op.f("pk_item")),
    )
    op.create_table(
        "org",
        sa.Column("code", sa.String(collation="C"), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org")),
    )
