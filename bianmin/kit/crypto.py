"""Encryption of personal data, and keyed digests by which it can be found again."""

import hmac
import os
from collections.abc import Mapping
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes: the 96 bits that GCM is specified for (NIST SP 800-38D)
_TAG = 16
SHORTEST_SECRET = 32  # bytes: as long as the keys that are made of it


class Unsealable(Exception):
    """The value was sealed with another key or for another place, or was changed since."""


class Sealer:
    """Encrypts with the newest key and decrypts with any. `secrets`: key id (1 to 255) to a secret of >= 32 bytes.

    A sealed value is `key id | nonce | ciphertext and tag`. Nonces are random, so one key should seal fewer than 2^32
    values; add a new key before that. Raises ValueError for a key id out of range.
    """

    def __init__(self, secrets: Mapping[int, bytes]) -> None:
        if not secrets or not all(0 < key_id < 256 for key_id in secrets):
            raise ValueError("key ids go from 1 to 255, and there must be one")
        self._newest = max(secrets)
        self._secrets = dict(secrets)
        self._ciphers = {key_id: AESGCM(_derive_key(secret, "seal")) for key_id, secret in secrets.items()}
        self._digest_keys: dict[tuple[int, str], bytes] = {}

    def seal(self, plain: bytes, aad: str) -> bytes:
        """The encrypted value (AES-256-GCM). `aad` names its place, `table|column|row id`: it opens only there."""
        nonce = os.urandom(_NONCE)
        return bytes((self._newest,)) + nonce + self._ciphers[self._newest].encrypt(nonce, plain, aad.encode())

    def open(self, sealed: bytes, aad: str) -> bytes:
        """The decrypted value. Raises `Unsealable`."""
        cipher = self._ciphers.get(sealed[0]) if len(sealed) > _NONCE + _TAG else None
        if cipher is None:
            raise Unsealable("no such key")
        try:
            return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], aad.encode())
        except InvalidTag:
            raise Unsealable("changed, or not sealed for this place") from None

    def digest(self, purpose: str, *parts: str) -> bytes:
        """32 bytes (HMAC-SHA256 with the newest key), equal for equal parts; without the key they reveal nothing.

        Digests for different purposes differ, even where their parts are equal.
        """
        return self._digest(self._newest, purpose, parts)

    def digests(self, purpose: str, *parts: str) -> list[bytes]:
        """The digest with each key, the newest first: rows written with older keys are found by these."""
        return [self._digest(key_id, purpose, parts) for key_id in sorted(self._secrets, reverse=True)]

    def _digest(self, key_id: int, purpose: str, parts: tuple[str, ...]) -> bytes:
        key = self._digest_keys.get((key_id, purpose))
        if key is None:
            key = self._digest_keys[key_id, purpose] = _derive_key(self._secrets[key_id], f"digest {purpose}")
        return hmac.digest(key, _with_lengths(parts), "sha256")


def is_weak(secret: bytes) -> bool:
    """Whether a secret is short, or shows a pattern: few different bytes, a sequence, a repeated part.

    A random one in hex, base64 or digits is practically never refused.
    """
    if len(secret) < SHORTEST_SECRET:
        return True
    steps = {after - before for before, after in pairwise(secret)}
    triples = {secret[n : n + 3] for n in range(len(secret) - 2)}
    return len(set(secret)) < 6 or len(steps) < 6 or 2 * len(triples) < len(secret)


def equal_secrets(first: bytes | str, second: bytes | str) -> bool:
    """Whether two secrets are equal, compared in constant time."""
    return hmac.compare_digest(_bytes(first), _bytes(second))


def _derive_key(secret: bytes, purpose: str) -> bytes:
    """A separate key for each use of a secret (HKDF, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=f"bianmin {purpose}".encode()).derive(secret)


def _with_lengths(parts: tuple[str, ...]) -> bytes:
    """The parts, each after its length, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text
