"""The private PostgreSQL 18: made, started, shared and stopped in a directory of its own, without an operator."""

from bianmin.kit.embedded.cluster import EmbeddedError
from bianmin.kit.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedError", "EmbeddedPostgres"]
