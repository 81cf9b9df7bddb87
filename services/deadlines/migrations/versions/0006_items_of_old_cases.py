"""Have the events of open cases without an item read again: an older program timed nothing before the acceptance."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        INSERT INTO reread (source, subject)
        SELECT '/bianmin/intake', id::text FROM subject WHERE kind = 'case' AND item IS NULL AND phase <> 'over'
        """
    )
