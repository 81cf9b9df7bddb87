"""Bearer tokens (JWT, RFC 7519): issuing them, and the actor that a token proves."""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OctKey

from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.divisions import level_of
from bianmin.domain.text import UnfitText, clean_name
from bianmin.kit.problems import Unauthenticated

ISSUER = "bianmin"
AUDIENCE = "bianmin"
INVALID = "登录凭证无效或已过期，请重新登录。"
_LONGEST_ID = 200  # as long as an Idempotency-Key: both are in one index


@dataclass(frozen=True, slots=True)
class Identity:
    """The content of a verified token: the actor, and a display name that is used nowhere else."""

    actor: Actor
    name: str


class Tokens:
    """Issues and verifies tokens signed with one secret (HS256).

    `leeway`: by how many seconds the clock of whoever issued a token may differ from this one. The `remembered` tokens
    that were verified last are not verified again until they expire. `wrong_secret` is the text for a token that
    another secret has signed.
    """

    def __init__(self, secret: str, *, leeway: int = 5, remembered: int = 4096, wrong_secret: str = INVALID) -> None:
        self._key = OctKey.import_key(secret.encode())
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(time.time()),
            leeway=leeway,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._verified: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()
        self._remembered = remembered
        self._wrong_secret = wrong_secret

    def issue(self, actor: Actor, name: str, *, seconds: int) -> str:
        """A token for the actor, valid for so many seconds of real time."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.id,
            "name": name,
            "org": actor.org,
            "roles": sorted(actor.roles),
            "iat": now,
            "exp": now + seconds,
        }
        if actor.dept is not None:
            claims["dept"] = actor.dept
        return jwt.encode({"alg": "HS256"}, claims, self._key, ["HS256"])

    def verify(self, token: str) -> Identity:
        """The identity that a token proves. Raises `Unauthenticated`. Tokens expire in real time, not business time."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        known = self._verified.get(digest)
        if known is not None and known[1] > time.time():
            return known[0]
        try:
            claims = jwt.decode(token, self._key, ["HS256"]).claims
            self._claims.validate(claims)
            expires = float(claims["exp"])
        except BadSignatureError as error:
            raise Unauthenticated(self._wrong_secret) from error
        # RecursionError: header or claims are nested too deep; OverflowError: a moment that no float can hold
        except (JoseError, ValueError, TypeError, RecursionError, OverflowError) as error:
            raise Unauthenticated(INVALID) from error
        identity = _identity(claims)
        self._verified[digest] = identity, expires
        while len(self._verified) > self._remembered:
            self._verified.popitem(last=False)
        return identity


def wrong_secret_text(secret_file: Path) -> str:
    """The text for a token that the secret of another data directory has signed, in dev."""
    return (
        f"登录凭证不是用本服务的密钥（{secret_file}）签发的：请加上同一个数据目录重新签发，"
        f"bianmin token … --data {secret_file.parent}"
    )


def _identity(claims: dict[str, object]) -> Identity:
    subject, org, roles, dept = claims.get("sub"), claims.get("org"), claims.get("roles"), claims.get("dept")
    if not isinstance(subject, str) or not isinstance(org, str) or not isinstance(roles, list):
        raise Unauthenticated("登录凭证缺少 sub、org 或 roles，请联系管理员。")
    if not _is_name(subject):
        raise Unauthenticated("登录凭证的 sub 不对：应为 1 到 200 个可见字符，首尾没有空格，请联系管理员。")
    if dept is not None and not (isinstance(dept, str) and _is_name(dept)):
        raise Unauthenticated("登录凭证的 dept 不对，请联系管理员。")
    name = claims.get("name")
    try:
        name = clean_name(name) if isinstance(name, str) else ""
    except UnfitText as error:
        raise Unauthenticated("登录凭证的 name 中有看不见的字符，请联系管理员。") from error
    try:
        level_of(org)
    except ValueError as error:
        raise Unauthenticated("登录凭证的 org 不是区划代码，请联系管理员。") from error
    actor = Actor(subject, org, frozenset(role for role in roles if isinstance(role, str)) & ROLES, dept)
    return Identity(actor, name)


def _is_name(text: str) -> bool:
    """Whether the text is a name in its one form: another form of it would be another person."""
    try:
        return 0 < len(text) <= _LONGEST_ID and clean_name(text) == text
    except UnfitText:
        return False
