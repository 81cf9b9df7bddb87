"""One of several replicas does a thing: a lease row with an expiry and a fencing token, in real time."""

from uuid import UUID

from bianmin.kit.db import Database, rows, run
from bianmin.kit.ids import new_id

_SEED = "INSERT INTO lease (name) VALUES ($1) ON CONFLICT DO NOTHING"
_WIN = """
UPDATE lease SET holder = $2, token = token + 1, expires_at = now() + $3::float8 * interval '1 second'
WHERE name = $1 AND (expires_at < now() OR holder = $2) RETURNING token
"""
_RENEW = """
UPDATE lease SET expires_at = now() + $4::float8 * interval '1 second'
WHERE name = $1 AND holder = $2 AND token = $3
"""
_GIVE_UP = "UPDATE lease SET expires_at = '-infinity' WHERE name = $1 AND holder = $2 AND token = $3"


class NotHeld(Exception):
    """The lease is somebody else's by now."""


class Lease:
    """A right that lasts `seconds` unless renewed. Each win has a higher token than the one before."""

    def __init__(self, database: Database, name: str, seconds: float = 5.0) -> None:
        self._database = database
        self._name = name
        self._seconds = seconds
        self._holder: UUID = new_id()
        self._token = 0

    async def win(self) -> bool:
        async with self._database.transaction() as tx:
            await run(tx, _SEED, self._name)
            won = await rows(tx, _WIN, self._name, self._holder, self._seconds)
        if won:
            self._token = won[0][0]
        return bool(won)

    async def renew(self) -> None:
        """Extend it. It may be lost the moment after: what must not be done by two is to be fenced where it is done.
        Raises `NotHeld`."""
        async with self._database.reading() as tx:
            if await run(tx, _RENEW, self._name, self._holder, self._token, self._seconds) != 1:
                raise NotHeld(self._name)

    async def give_up(self) -> None:
        """Let the next one win at once."""
        async with self._database.reading() as tx:
            await run(tx, _GIVE_UP, self._name, self._holder, self._token)
