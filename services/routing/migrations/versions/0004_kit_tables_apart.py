"""Mark the schema as one whose kit tables have a history of their own: a program of release 0.1 refuses to open it."""

from collections.abc import Sequence

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change nothing: release 0.1 keeps parked timer commands where this program does not look for them."""
