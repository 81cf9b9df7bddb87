"""A lease lets one of several replicas do a job: a row with an expiry in real time and a fencing token."""

from uuid import UUID

from bianmin.kit.db import Database, rows, run
from bianmin.kit.ids import new_id

_CREATE = "INSERT INTO lease (name) VALUES ($1) ON CONFLICT DO NOTHING"
_ACQUIRE = """
UPDATE lease SET holder = $2, token = token + 1, expires_at = now() + $3::float8 * interval '1 second'
WHERE name = $1 AND (expires_at < now() OR holder = $2) RETURNING token
"""
_RENEW = """
UPDATE lease SET expires_at = now() + $4::float8 * interval '1 second'
WHERE name = $1 AND holder = $2 AND token = $3
"""
_RELEASE = "UPDATE lease SET expires_at = '-infinity' WHERE name = $1 AND holder = $2 AND token = $3"


class NotHeld(Exception):
    """Another replica holds the lease now."""


class Lease:
    """A right that lasts `seconds` unless it is renewed. Each time it is acquired the token grows."""

    def __init__(self, database: Database, name: str, seconds: float = 5.0) -> None:
        self._database = database
        self._name = name
        self._seconds = seconds
        self._holder: UUID = new_id()
        self._token = 0

    async def acquire(self) -> bool:
        """Take the lease if it is free or already ours; whether it is ours now."""
        async with self._database.transaction() as tx:
            await run(tx, _CREATE, self._name)
            acquired = await rows(tx, _ACQUIRE, self._name, self._holder, self._seconds)
        if acquired:
            self._token = acquired[0][0]
        return bool(acquired)

    async def renew(self) -> None:
        """Extend the lease. Raises `NotHeld`.

        It may be lost a moment later: what only one replica may do has to be fenced where it is done.
        """
        async with self._database.reading() as tx:
            if await run(tx, _RENEW, self._name, self._holder, self._token, self._seconds) != 1:
                raise NotHeld(self._name)

    async def release(self) -> None:
        """Free the lease for another replica."""
        async with self._database.reading() as tx:
            await run(tx, _RELEASE, self._name, self._holder, self._token)
