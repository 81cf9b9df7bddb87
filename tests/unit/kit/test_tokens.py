"""Tokens: what a signed one may contain, and how far clocks may differ."""

import base64
import json
import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from bianmin.domain.actors import Actor
from bianmin.kit.auth import AUDIENCE, ISSUER, Tokens
from bianmin.kit.problems import Unauthenticated

SECRET = "a secret of at least thirty-two bytes"
COUNTY = "520111"


def signed(payload: bytes) -> str:
    key = OctKey.import_key(SECRET.encode())
    return jws.serialize_compact({"alg": "HS256"}, payload, key)


def claims(**changes: Any) -> dict[str, Any]:
    exp = int(time.time()) + 600
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "w-1", "org": COUNTY, "roles": ["window"], "exp": exp, **changes}


def nested(depth: int) -> bytes:
    deep = "[" * depth + "]" * depth
    return f'{json.dumps(claims())[:-1]}, "name": {deep}}}'.encode()


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(json.dumps(claims(exp=int("9" * 400))).encode(), id="exp of 400 digits"),
        pytest.param(json.dumps(claims()).replace('"exp": ', '"exp": 1e999, "x": ').encode(), id="exp is infinite"),
        pytest.param(b'{"exp": ' + b"9" * 5000 + b"}", id="exp of 5,000 digits"),
        pytest.param(nested(5000), id="nested 5,000 deep"),
        pytest.param(json.dumps(claims(sub="w\0")).encode(), id="NUL in sub"),
        pytest.param(json.dumps(claims(sub="w\ud800")).encode(), id="half a surrogate pair in sub"),
        pytest.param(json.dumps(claims(sub="")).encode(), id="empty sub"),
        pytest.param(json.dumps(claims(sub="w" * 201)).encode(), id="sub of 201 characters"),
        pytest.param(json.dumps(claims(dept="civil\0")).encode(), id="NUL in dept"),
        pytest.param(json.dumps(claims(org="52\0")).encode(), id="NUL in org"),
        pytest.param(json.dumps(claims(org="5" * 1000)).encode(), id="org of 1,000 digits"),
        pytest.param(json.dumps(["sub"]).encode(), id="no object"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
def test_g15_a_signed_token_with_impossible_claims_is_no_token(payload: bytes) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).verify(signed(payload))


def test_g15_a_header_that_is_nested_too_deep_is_no_token() -> None:
    header = base64.urlsafe_b64encode(b'{"alg": ' + b"[" * 5000 + b"]" * 5000 + b"}").rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).verify(f"{header}.e30.c2ln")


def test_roles_that_are_no_texts_are_none() -> None:
    given = json.dumps(claims(roles=["window", {"admin": 1}, ["admin"], None], name={"a": 1})).encode()
    identity = Tokens(SECRET).verify(signed(given))
    assert identity.actor == Actor("w-1", COUNTY, frozenset({"window"}))
    assert identity.name == ""


def test_g15_clocks_may_differ_by_the_leeway_that_is_set() -> None:
    early = signed(json.dumps(claims(nbf=int(time.time()) + 60)).encode())
    past = signed(json.dumps(claims(exp=int(time.time()) - 60)).encode())
    for token in (early, past):
        assert Tokens(SECRET, leeway=120).verify(token).actor.id == "w-1"
        with pytest.raises(Unauthenticated):
            Tokens(SECRET, leeway=5).verify(token)
