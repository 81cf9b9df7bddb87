"""Name the responsible unit of clocks that the first program stored without: it was always the accepting org's."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE cases SET clocks = (
            SELECT jsonb_agg(jsonb_build_object('org', accepting_org, 'dept', dept) || clock ORDER BY place)
            FROM jsonb_array_elements(clocks) WITH ORDINALITY AS c(clock, place)
        )
        WHERE EXISTS (SELECT FROM jsonb_array_elements(clocks) AS clock WHERE NOT clock ? 'org')
        """
    )
