"""Ids that sort by time, and codes that cannot be guessed."""

import hashlib
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

_UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): unique everywhere; younger ids sort after older ones."""
    return uuid7()


def derive_id(id: UUID, name: str) -> UUID:
    """A UUIDv7 made of `id` and `name`: always the same for the same two, with the time of `id`."""
    digest = hashlib.blake2b(id.bytes + name.encode(), digest_size=16).digest()
    mixed = bytearray(id.bytes[:6] + digest[6:])
    mixed[6] = mixed[6] & 0x0F | 0x70
    mixed[8] = mixed[8] & 0x3F | 0x80
    return UUID(bytes=bytes(mixed))


def secret_code(length: int = 18) -> str:
    """A random code that a person can read out. Each sign has 4.95 bits of entropy: 18 signs have 89."""
    return "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(length))
