"""The private PostgreSQL 18 in a directory of its own: created, started, shared and stopped without an operator."""

from bianmin.kit.embedded.reach import EmbeddedError
from bianmin.kit.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedError", "EmbeddedPostgres"]
