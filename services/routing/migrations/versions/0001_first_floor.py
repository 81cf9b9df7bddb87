"""first floor"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "office",
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "dept", name=op.f("pk_office")),
    )
    op.create_table(
        "org",
        sa.Column("code", sa.String(collation="C"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent", sa.String(collation="C"), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org")),
    )
    op.create_index("ix_org_parent_code", "org", ["parent", "code"], unique=False)
    op.create_table(
        "route",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("item", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("accepting_org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=False),
        sa.Column("seen_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("delivery_method", sa.String(), nullable=True),
        sa.Column("signed_by", sa.LargeBinary(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_route")),
    )
    op.create_index("ix_route_seen_by", "route", ["seen_by"], unique=False, postgresql_using="gin")
    op.create_table(
        "staff",
        sa.Column("id", sa.String(collation="C"), nullable=False),
        sa.Column("org", sa.String(collation="C"), nullable=False),
        sa.Column("dept", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index("ix_staff_org_id", "staff", ["org", "id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("office_org", sa.String(collation="C"), nullable=False),
        sa.Column("office_dept", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.String(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_assignee_id",
        "task",
        ["assignee", "id"],
        unique=False,
        postgresql_where=sa.text("assignee IS NOT NULL"),
    )
    op.create_index("ix_task_changed_at_id", "task", ["changed_at", "id"], unique=False)
    op.create_index("ix_task_office_org_status_id", "task", ["office_org", "status", "id"], unique=False)
    op.create_index(
        "ix_task_open_status_id",
        "task",
        ["status", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('assigned', 'received', 'in_progress')"),
    )
    op.create_index("uq_task_case_id_place", "task", ["case_id", "place"], unique=True)
