"""Ids that sort by time, and codes that cannot be guessed."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

_UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique everywhere, and younger ids sort behind older ones."""
    return uuid7()


def secret_code(length: int = 18) -> str:
    """A code a person can read out: each sign is worth 4.95 bits, 18 of them 89."""
    return "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(length))
