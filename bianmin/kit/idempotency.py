"""Idempotency keys: a retried request gets the first answer, which is stored in the transaction of the effect.

An answer is stored encrypted, since it may hold personal data, and for a limited time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from bianmin.kit.crypto import Sealer
from bianmin.kit.db import Database, Tx, rows, run
from bianmin.kit.outbox import SqlFragment
from bianmin.kit.refusals import Invalid
from bianmin.kit.wait import Activity, Backoff, keep_running

NO_CLIENT = ""
"""The client of keys that are stored without one."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a request and the client that sent it.

    `fingerprint` covers the request (method, path, query and body) and the place and roles of the client.
    """

    client: str
    key: str
    fingerprint: bytes

    def without_client(self, sealer: Sealer) -> "Key":
        """Return the key to store where nobody may learn who sent the request: keyed digests, and no client.

        It differs for clients that use the same key, so that nobody is given the answer to a stranger.
        """
        key = sealer.digest("idempotency key", self.client, self.key).hex()
        return Key(NO_CLIENT, key, sealer.digest("idempotency request", self.key, self.fingerprint.hex()))


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
SELECT i.client, i.key, i.fingerprint, i.status, i.body, i.etag, i.sealed
FROM unnest($1::text[], $2::text[]) AS k(client, key) JOIN idempotency i USING (client, key)
WHERE (SELECT set_config('lock_timeout', $3, true)) IS NOT NULL
"""


class AnswerStore:
    """The answers of one service to requests with a key."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def find(self, tx: Tx, keys: Sequence[Key], lock_timeout: str) -> dict[Key, Answer | KeyReused]:
        """Return the answers to the keys that were used before; `KeyReused` where a key was used for another request.

        The same statement sets how long the transaction waits for a lock from now on.

        Raises `Unsealable` for an answer that was sealed with a key which is not there any more.
        """
        if not keys:
            await rows(tx, "SELECT set_config('lock_timeout', $1, true)", lock_timeout)
            return {}
        by_name = {(key.client, key.key): key for key in keys}
        found: dict[Key, Answer | KeyReused] = {}
        for client, name, fingerprint, status, body, etag, sealed in await rows(
            tx, _STORED, [key.client for key in keys], [key.key for key in keys], lock_timeout
        ):
            key = by_name[client, name]
            if fingerprint == key.fingerprint:
                found[key] = Answer(status, self._sealer.open(body, _place(key)) if sealed else body, etag)
            else:
                found[key] = KeyReused(_REUSED)
        return found

    def insert(self, answers: Mapping[Key, Answer]) -> SqlFragment | None:
        """Return the statement that stores the answers; None where there are none.

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
            [self._sealer.seal(answer.body, _place(key)) for key, answer in given],
            [answer.etag for _, answer in given],
        ]
        return SqlFragment(_insert, columns)


_REUSED = "这个 Idempotency-Key 已经用于另一个请求；新的请求请换一个新的 Idempotency-Key。"


def _place(key: Key) -> str:
    return f"idempotency|{key.client}|{key.key}"


_TYPES = ("text", "text", "bytea", "smallint", "bytea", "text")


def _insert(first: int) -> str:
    carried = ", ".join(f"${first + n}::{type_}[]" for n, type_ in enumerate(_TYPES))
    return (
        "INSERT INTO idempotency (client, key, fingerprint, status, body, etag) "
        f"SELECT * FROM unnest({carried}) ON CONFLICT DO NOTHING"
    )


_DELETE = """
DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency WHERE created_at < now() - make_interval(days => $1)
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
))
"""


class KeyCleaner:
    """Deletes the keys of one service, with their answers, after `days`; several replicas may do so at once.

    It deletes in batches of `size`, and looks every `poll` seconds.
    """

    def __init__(self, service: str, database: Database, days: int, *, size: int = 1000, poll: float = 60) -> None:
        self._service = service
        self._database = database
        self._days = days
        self._size = size
        self._poll = poll
        self.activity = Activity()
        self.deleted = 0
        """How many keys this process has deleted."""

    async def run(self) -> None:
        """Delete for ever what has become old."""
        await keep_running("key_cleaner", self._service, self._round, self.activity)

    async def _round(self, backoff: Backoff) -> None:
        began = monotonic()
        while monotonic() < began + self._poll:
            self.activity.mark()  # to wait is no silence
            await asyncio.sleep(1)
        while await self.delete() >= self._size:
            self.activity.mark()
        backoff.reset()

    async def delete(self) -> int:
        """Delete one batch; return how many keys it had."""
        async with self._database.transaction() as tx:
            deleted = await run(tx, _DELETE, self._days, self._size)
        self.deleted += deleted
        return deleted
