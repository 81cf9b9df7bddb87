"""A retried request is answered as the first one was: its key is stored in the transaction of its effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bianmin.kit.db import Tx, rows
from bianmin.kit.outbox import SqlFragment
from bianmin.kit.refusals import Invalid


@dataclass(frozen=True, slots=True)
class Key:
    """Whose retry it would be, and of which request: `fingerprint` covers method, path and body."""

    client: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: kept as bytes, so that a repetition is the same to the last one."""

    status: int
    body: bytes
    etag: str | None = None


class KeyReused(Invalid):
    slug = "idempotency-key-reused"
    title = "重复的 Idempotency-Key"


_STORED = """
SELECT i.client, i.key, i.fingerprint, i.status, i.body, i.etag
FROM unnest($1::text[], $2::text[]) AS k(client, key) JOIN idempotency i USING (client, key)
"""


async def stored(tx: Tx, keys: Sequence[Key]) -> dict[Key, Answer | KeyReused]:
    """The answers of those keys that were used before."""
    if not keys:
        return {}
    by_name = {(key.client, key.key): key for key in keys}
    found: dict[Key, Answer | KeyReused] = {}
    for client, name, fingerprint, status, body, etag in await rows(
        tx, _STORED, [key.client for key in keys], [key.key for key in keys]
    ):
        key = by_name[client, name]
        if fingerprint == key.fingerprint:
            found[key] = Answer(status, body, etag)
        else:
            found[key] = KeyReused("这个 Idempotency-Key 已经用于另一个请求；新的请求请换一个新的 Idempotency-Key。")
    return found


def keeping(answers: Mapping[Key, Answer]) -> SqlFragment | None:
    """The statement that stores what the keys were answered. It touches fewer rows than there are answers when one of
    the keys was taken meanwhile: then everything has to be rolled back (`execute.Raced`)."""
    if not answers:
        return None
    # sorted, so that two replicas storing the same keys wait for each other in one direction only
    given = sorted(answers.items(), key=lambda each: (each[0].client, each[0].key))
    columns = [
        [key.client for key, _ in given],
        [key.key for key, _ in given],
        [key.fingerprint for key, _ in given],
        [answer.status for _, answer in given],
        [answer.body for _, answer in given],
        [answer.etag for _, answer in given],
    ]
    return SqlFragment(_keep, columns)


_TYPES = ("text", "text", "bytea", "smallint", "bytea", "text")


def _keep(first: int) -> str:
    carried = ", ".join(f"${first + n}::{type_}[]" for n, type_ in enumerate(_TYPES))
    return (
        "INSERT INTO idempotency (client, key, fingerprint, status, body, etag) "
        f"SELECT * FROM unnest({carried}) ON CONFLICT DO NOTHING"
    )
