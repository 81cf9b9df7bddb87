"""Sealing what nobody without the key may read, and digests by which it can be found again."""

import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes: the 96 bits that GCM is specified for (NIST SP 800-38D)
_TAG = 16


class Unsealable(Exception):
    """Not sealed by any of our keys, not for this place, or changed since."""


class Sealer:
    """Seals with the newest key and opens with any. `secrets`: key id (1 to 255) to a secret of at least 32 bytes.

    A sealed value is `key id | nonce | ciphertext and tag`. A nonce is random, so one key should seal fewer than
    2^32 values; give it a successor before that.
    """

    def __init__(self, secrets: Mapping[int, bytes]) -> None:
        if not secrets or not all(0 < key_id < 256 for key_id in secrets):
            raise ValueError("key ids go from 1 to 255, and there must be one")
        self._newest = max(secrets)
        self._secrets = dict(secrets)
        self._ciphers = {key_id: AESGCM(_derived(secret, "seal")) for key_id, secret in secrets.items()}
        self._digest_keys: dict[tuple[int, str], bytes] = {}

    def seal(self, plain: bytes, aad: str) -> bytes:
        """Encrypt (AES-256-GCM). `aad` says where the value belongs, `table|column|row id`: only there it opens."""
        nonce = os.urandom(_NONCE)
        return bytes((self._newest,)) + nonce + self._ciphers[self._newest].encrypt(nonce, plain, aad.encode())

    def open(self, sealed: bytes, aad: str) -> bytes:
        """What was sealed for this place. Raises `Unsealable`."""
        cipher = self._ciphers.get(sealed[0]) if len(sealed) > _NONCE + _TAG else None
        if cipher is None:
            raise Unsealable("no such key")
        try:
            return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], aad.encode())
        except InvalidTag:
            raise Unsealable("changed, or not sealed for this place") from None

    def digest(self, purpose: str, *parts: str) -> bytes:
        """32 bytes (HMAC-SHA256, newest key) that are equal for equal parts, and tell nothing without the key.

        Digests for different purposes cannot be compared, however equal their parts.
        """
        return self._digest(self._newest, purpose, parts)

    def digests(self, purpose: str, *parts: str) -> list[bytes]:
        """The digest under each key, the newest first: what to look for while older keys are still in the tables."""
        return [self._digest(key_id, purpose, parts) for key_id in sorted(self._secrets, reverse=True)]

    def _digest(self, key_id: int, purpose: str, parts: tuple[str, ...]) -> bytes:
        key = self._digest_keys.get((key_id, purpose))
        if key is None:
            key = self._digest_keys[key_id, purpose] = _derived(self._secrets[key_id], f"digest {purpose}")
        return hmac.digest(key, _framed(parts), "sha256")


def same(one: bytes | str, other: bytes | str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _derived(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each use of a secret (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=f"bianmin {purpose}".encode()).derive(secret)


def _framed(parts: tuple[str, ...]) -> bytes:
    """Each part behind its length, so that ("ab", "c") and ("a", "bc") stay two things."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text
