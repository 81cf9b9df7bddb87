"""Add refusal, transfer, extension and review; store each written document as a paper."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    new: tuple[sa.Column[object], ...] = (
        sa.Column("level", sa.String(), server_default="handling", nullable=False),
        sa.Column("objected", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("extended_by", sa.Integer(), server_default="0", nullable=False),
        sa.Column("past_investigators", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("ends", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("complaint", sa.Column("refused_on", sa.Date(), nullable=True))
    for column in new:
        op.add_column("complaint", column)
        op.alter_column("complaint", column.name, server_default=None)
    op.create_table(
        "paper",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_paper_complaint_id_complaint")),
        sa.PrimaryKeyConstraint("complaint_id", "number", name=op.f("pk_paper")),
    )
    # who wrote these was the investigator; the numbers lie below all that come
    op.execute(
        """
        INSERT INTO paper (complaint_id, number, kind, level, written_on, written_by, content)
        SELECT id, -1, 'document', 'handling', concluded_on, coalesce(investigator, ''), document
        FROM complaint WHERE document IS NOT NULL
        UNION ALL
        SELECT id, 0, 'reply', 'handling', replied_on, coalesce(investigator, ''), reply
        FROM complaint WHERE reply IS NOT NULL
        """
    )
    op.drop_column("complaint", "document")
    op.drop_column("complaint", "reply")


def downgrade() -> None:
    raise NotImplementedError("a restored backup is the way back")
