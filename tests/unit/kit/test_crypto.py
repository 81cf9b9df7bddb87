"""Sealing and digests."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bianmin.kit.crypto import Sealer, Unsealable, equal_secrets

OLD, NEW = b"old secret of at least 32 bytes....", b"new secret of at least 32 bytes...."
PLACE = "applicants|id_number|0192"
sealer = Sealer({1: OLD})


def hkdf(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 by hand, for the one block that 32 bytes need."""
    extracted = hmac.digest(bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


@given(st.binary(max_size=200))
def test_a_sealed_value_opens_in_its_place(plain: bytes) -> None:
    assert sealer.open(sealer.seal(plain, PLACE), PLACE) == plain


def test_a_sealed_value_opens_in_no_other_place() -> None:
    sealed = sealer.seal(b"13000000001", PLACE)
    with pytest.raises(Unsealable):
        sealer.open(sealed, "applicants|id_number|0193")


@given(st.integers(0, 39), st.integers(1, 255))
def test_one_changed_byte_is_noticed(at: int, by: int) -> None:
    sealed = bytearray(sealer.seal(b"13000000001", PLACE))
    sealed[at] ^= by
    with pytest.raises(Unsealable) as refused:
        sealer.open(bytes(sealed), PLACE)
    assert "130" not in str(refused.value)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(28)])
def test_a_value_that_is_too_short_is_refused(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        sealer.open(sealed, PLACE)


def test_it_is_aes_256_gcm_under_a_key_derived_for_sealing() -> None:
    sealed = sealer.seal(b"plain", PLACE)
    assert sealed[0] == 1
    assert AESGCM(hkdf(OLD, b"bianmin seal")).decrypt(sealed[1:13], sealed[13:], PLACE.encode()) == b"plain"


def test_sealing_the_same_value_twice_gives_different_bytes() -> None:
    assert len({sealer.seal(b"same", PLACE) for _ in range(100)}) == 100


def test_after_a_new_key_the_old_values_still_open_and_new_ones_need_the_new_key() -> None:
    rotated = Sealer({1: OLD, 2: NEW})
    assert rotated.open(sealer.seal(b"old", PLACE), PLACE) == b"old"
    with pytest.raises(Unsealable):
        sealer.open(rotated.seal(b"new", PLACE), PLACE)
    assert Sealer({2: NEW}).open(rotated.seal(b"new", PLACE), PLACE) == b"new"


def test_after_a_new_key_old_digests_still_match() -> None:
    rotated = Sealer({1: OLD, 2: NEW})
    newest, older = rotated.digests("find", "52999919000101000X")
    assert newest == rotated.digest("find", "52999919000101000X")
    assert older == sealer.digest("find", "52999919000101000X") != newest


def test_a_digest_is_an_hmac_under_a_key_of_its_purpose() -> None:
    expected = hmac.digest(hkdf(OLD, b"bianmin digest find"), b"\x00\x00\x00\x01x", "sha256")
    assert sealer.digest("find", "x") == expected
    assert sealer.digest("track", "x") != expected


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_digests_are_equal_only_where_every_part_is(one: list[str], other: list[str]) -> None:
    assert (sealer.digest("find", *one) == sealer.digest("find", *other)) == (one == other)


@pytest.mark.parametrize("secrets", [{}, {0: OLD}, {256: OLD}])
def test_a_key_has_an_id_that_fits_a_byte(secrets: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        Sealer(secrets)


def test_secrets_are_compared_as_bytes_or_texts() -> None:
    assert equal_secrets("密码", "密码".encode())
    assert not equal_secrets("abc", "abd")
