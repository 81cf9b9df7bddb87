"""Ids that sort by time, and codes that cannot be guessed."""

import hashlib
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

_UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique everywhere, and younger ids sort behind older ones."""
    return uuid7()


def derived(id: UUID, name: str) -> UUID:
    """The id of what follows from `id` once: as old as it, in the same form, and always the same."""
    digest = hashlib.blake2b(id.bytes + name.encode(), digest_size=16).digest()
    mixed = bytearray(id.bytes[:6] + digest[6:])
    mixed[6] = mixed[6] & 0x0F | 0x70
    mixed[8] = mixed[8] & 0x3F | 0x80
    return UUID(bytes=bytes(mixed))


def secret_code(length: int = 18) -> str:
    """A code a person can read out: each sign is worth 4.95 bits, 18 of them 89."""
    return "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(length))
