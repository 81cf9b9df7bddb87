"""A service so small that only the kit is left to test: it keeps what events reached it, in order.

What an event does is its `region`: `52` takes effect; `late` comes too late; `broken` fails in the decision;
`refused` fails in the database, with its whole batch; `after:X` needs an effect on subject X first.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, text

from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.intake import ItemRetired
from bianmin.kit.db import Database, Tx, rows, run
from bianmin.kit.decide import Cause, Done, Refused, Work
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import Inbox, cause_of
from bianmin.kit.log import Record, Stored
from bianmin.kit.refusals import Conflict, NotFound
from bianmin.kit.tables import add_kit_tables

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Take:
    event: Event
    by: Cause


async def handle(tx: Tx, commands: Sequence[Take], now: datetime) -> Work[Any, Any]:
    handled: Work[Any, Any] = Work()
    stopped: set[Any] = set()
    known = {subject for (subject,) in await rows(tx, "SELECT DISTINCT subject FROM effect")}
    for command in commands:
        event = command.event
        kind, _, other = event.region.partition(":")
        if command.by.chain in stopped:
            handled.outcomes.append(Refused(RuntimeError("behind")))
        elif kind == "late":
            handled.outcomes.append(Refused(Conflict("too late")))
        elif kind == "broken":
            stopped.add(command.by.chain)
            handled.outcomes.append(Refused(RuntimeError("a bug")))
        elif kind == "after" and other not in known:
            stopped.add(command.by.chain)
            handled.outcomes.append(Refused(NotFound("not yet")))
        else:
            if kind == "refused":
                await tx.execute(text("SELECT 1 / 0"))
            await run(tx, "INSERT INTO effect VALUES ($1, $2, $3)", event.source, event.subject, event.sequence)
            known.add(event.subject)
            handled.outcomes.append(Done())
    return handled


def command_of(event: Event) -> Take | None:
    return Take(event, cause_of(event)) if event.data is not None else None


def an_inbox() -> Inbox:
    return Inbox("tiny", command_of, handle)


def an_event(
    subject: str, sequence: int, region: str = "52", *, source: str = "intake", type_: str | None = None
) -> Event:
    return parse_event(some_bytes(subject, sequence, region, source=source, type_=type_))


def some_bytes(
    subject: str, sequence: int, region: str = "52", *, source: str = "intake", type_: str | None = None
) -> bytes:
    value = compose(
        ItemRetired(org="52", code=subject, version=sequence),
        id=new_id(),
        source=source,
        subject=subject,
        sequence=sequence,
        time=NOW,
        region=region,
        actor="system",
    )
    return value if type_ is None else value.replace(b"cn.bianmin.item.retired.v1", type_.encode())


def stored(*values: bytes) -> list[Stored]:
    return [Stored(Record("bianmin.intake", "k", value), 0, offset) for offset, value in enumerate(values)]


async def furnished(new_database: Callable[[], Awaitable[str]], schema: str = "tiny") -> Database:
    """A database with the kit's tables, and one for the effects."""
    database = Database(await new_database(), schema)
    metadata = MetaData()
    add_kit_tables(metadata)
    async with database.transaction() as tx:
        await tx.execute(text(f"CREATE SCHEMA {schema}"))
        await tx.run_sync(metadata.create_all)
        await tx.execute(text("CREATE TABLE effect (source text, subject text, sequence int)"))
    return database


async def effects(database: Database) -> list[tuple[str, int]]:
    """(subject, sequence) in the order in which they took effect."""
    async with database.reading() as tx:
        return [(subject, n) for subject, n in await rows(tx, "SELECT subject, sequence FROM effect ORDER BY ctid")]


async def positions(database: Database) -> dict[str, int]:
    async with database.reading() as tx:
        return dict(await rows(tx, "SELECT subject, sequence FROM inbox"))


async def held(database: Database) -> dict[tuple[str, int], str]:
    async with database.reading() as tx:
        found = await rows(tx, "SELECT subject, sequence, state FROM held ORDER BY subject, sequence")
        return {(subject, sequence): state for subject, sequence, state in found}
