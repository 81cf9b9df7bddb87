"""The database of a service: one engine, one schema, explicit transactions."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any

import asyncpg
from pydantic_core import from_json
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

Tx = AsyncConnection
"""An open transaction. Functions that get one read and write and never commit: the entrance that opened it does."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_SESSION: Mapping[str, str] = {
    # a kept plan may be one for an empty table, or take `next_fire_at <= $1` for a third of all rows
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    "timezone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}


ASYNC_COMMIT = "(SELECT set_config('synchronous_commit', 'off', true)) = 'off'"
"""An SQL condition that is always true and makes the transaction commit without waiting for the disk. Only for writes
that a power cut may lose, because they are then repeated."""


class Database:
    """Connections to one schema. Opens nothing before the first transaction.

    Transactions are the driver's own: what is sent through SQLAlchemy and what is sent by `rows` and `run` are in the
    same one, and SQLAlchemy begins none. `session` has settings of PostgreSQL that differ from the usual ones.
    """

    def __init__(
        self, url: str, schema: str, *, pool: int = 4, session: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.schema = schema
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=4,
            pool_timeout=10,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            json_deserializer=from_json,
            connect_args={
                "timeout": 5,
                "server_settings": {
                    **_SESSION,
                    **session,
                    "search_path": schema,
                    "application_name": f"bianmin {schema}",
                },
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One READ COMMITTED transaction: committed when the block ends, rolled back when it raises."""
        async with self.reading() as tx:
            begun = _driver(tx).transaction()
            await begun.start()
            try:
                yield tx
            except BaseException:
                with suppress(Exception):  # without a connection there is nothing left to roll back
                    await begun.rollback()
                raise
            await begun.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A connection for reads: each statement sees what was committed when it started."""
        tx = await self.engine.connect()
        try:
            yield tx
        finally:
            # shielded, as in SQLAlchemy: a cancellation loses no connection
            await asyncio.shield(asyncio.create_task(_give_back(tx)))

    async def close(self) -> None:
        await self.engine.dispose()


async def _give_back(tx: Tx) -> None:
    """Give the connection back to the pool, or close it where it cannot be used again. Raises nothing.

    An error here would replace the error of the block, or its cancellation: the task would go on for ever.
    """
    with suppress(Exception):
        driver = _driver(tx)
        if driver.is_closed() or driver.is_in_transaction():
            await tx.invalidate()
    with suppress(Exception):
        await tx.close()


def _driver(tx: Tx) -> Any:
    """The asyncpg connection below."""
    assert tx.sync_connection is not None
    return tx.sync_connection.connection.driver_connection


@asynccontextmanager
async def savepoint(tx: Tx) -> AsyncIterator[None]:
    """A savepoint: when the block raises, only its writes are undone, and the transaction can go on."""
    begun = _driver(tx).transaction()  # within another, a savepoint
    await begun.start()
    try:
        yield
    except BaseException:
        with suppress(Exception):
            await begun.rollback()
        raise
    await begun.commit()


async def rows(tx: Tx, statement: str, *arguments: Any) -> Sequence[Any]:
    """Return the rows of a statement. Its parameters are PostgreSQL's: `$1`, `$2`, with arrays as lists."""
    found: Sequence[Any] = await _driver(tx).fetch(statement, *arguments)
    return found


async def run(tx: Tx, statement: str, *arguments: Any) -> int:
    """Run a statement; return how many rows it touched."""
    status: str = await _driver(tx).execute(statement, *arguments)
    touched = status.rpartition(" ")[2]
    return int(touched) if touched.isdigit() else 0


_AWAY = (
    ConnectionError,
    TimeoutError,
    InterfaceError,
    PoolTimeout,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.InterfaceError,
)
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03", "57014", "25P03"})


def kind_of(error: BaseException) -> str:
    """Return the kind of an error in one word, without any value: the database's name for it where it has one."""
    orig = getattr(error, "orig", None)
    return type(getattr(orig, "__cause__", None) or orig or error).__name__


def is_away(error: BaseException) -> bool:
    """Return whether the database could not be reached or went away: trying again later may help."""
    cause = getattr(getattr(error, "orig", None), "__cause__", None)
    if isinstance(cause or error, asyncpg.exceptions.DataError):  # a wrong argument: to the driver an InterfaceError
        return False
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(cause, _AWAY) or isinstance(error.orig, _AWAY)
    return isinstance(error, (*_AWAY, OSError))


def is_locked(error: BaseException) -> bool:
    """Return whether a lock was waited for in vain."""
    return getattr(getattr(error, "orig", None) or error, "sqlstate", None) == "55P03"


def is_transient(error: BaseException) -> bool:
    """Return whether the same transaction may succeed when repeated: deadlock, timeout of lock or statement, lost
    connection."""
    state: Any = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return is_away(error) or isinstance(error, OperationalError) or state in _TRANSIENT_STATES
