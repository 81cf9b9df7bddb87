"""Idempotency keys: a retried request gets the first answer, which is stored in the transaction of the effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bianmin.kit.db import Tx, rows
from bianmin.kit.outbox import SqlFragment
from bianmin.kit.refusals import Invalid


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a request and the client that sent it. `fingerprint` covers method, path, query and body."""

    client: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, as bytes: a repeated answer is identical."""

    status: int
    body: bytes
    etag: str | None = None


class KeyReused(Invalid):
    """The key was used for another request."""

    slug = "idempotency-key-reused"
    title = "重复的 Idempotency-Key"


_STORED = """
SELECT i.client, i.key, i.fingerprint, i.status, i.body, i.etag
FROM unnest($1::text[], $2::text[]) AS k(client, key) JOIN idempotency i USING (client, key)
WHERE (SELECT set_config('lock_timeout', $3, true)) IS NOT NULL
"""


async def stored_answers(tx: Tx, keys: Sequence[Key], lock_timeout: str) -> dict[Key, Answer | KeyReused]:
    """The answers to the keys that were used before; `KeyReused` where a key was used for another request.

    The same statement sets how long the transaction waits for a lock from now on.
    """
    if not keys:
        await rows(tx, "SELECT set_config('lock_timeout', $1, true)", lock_timeout)
        return {}
    by_name = {(key.client, key.key): key for key in keys}
    found: dict[Key, Answer | KeyReused] = {}
    for client, name, fingerprint, status, body, etag in await rows(
        tx, _STORED, [key.client for key in keys], [key.key for key in keys], lock_timeout
    ):
        key = by_name[client, name]
        if fingerprint == key.fingerprint:
            found[key] = Answer(status, body, etag)
        else:
            found[key] = KeyReused("这个 Idempotency-Key 已经用于另一个请求；新的请求请换一个新的 Idempotency-Key。")
    return found


def insert_answers(answers: Mapping[Key, Answer]) -> SqlFragment | None:
    """The statement that stores the answers; None where there are none.

    It inserts fewer rows than there are answers when another replica has stored one of the keys meanwhile. Then the
    caller has to roll back (`execute.Raced`).
    """
    if not answers:
        return None
    # sorted, so that two replicas that store the same keys cannot deadlock
    given = sorted(answers.items(), key=lambda each: (each[0].client, each[0].key))
    columns = [
        [key.client for key, _ in given],
        [key.key for key, _ in given],
        [key.fingerprint for key, _ in given],
        [answer.status for _, answer in given],
        [answer.body for _, answer in given],
        [answer.etag for _, answer in given],
    ]
    return SqlFragment(_insert, columns)


_TYPES = ("text", "text", "bytea", "smallint", "bytea", "text")


def _insert(first: int) -> str:
    carried = ", ".join(f"${first + n}::{type_}[]" for n, type_ in enumerate(_TYPES))
    return (
        "INSERT INTO idempotency (client, key, fingerprint, status, body, etag) "
        f"SELECT * FROM unnest({carried}) ON CONFLICT DO NOTHING"
    )
