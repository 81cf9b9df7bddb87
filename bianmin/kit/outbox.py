"""The outbox: announced events are rows, written in the transaction of the change that they announce."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bianmin.events.envelope import compose
from bianmin.events.registry import topic_of
from bianmin.kit.db import Tx, run
from bianmin.kit.decide import Announcement
from bianmin.kit.ids import new_id

# ids are drawn in the order of the rows, under the locks of their subjects: the relay publishes by id
_APPEND = """
INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
SELECT $1, e.subject, e.type, e.payload
FROM unnest($2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS e(subject, type, payload, nth)
ORDER BY nth
"""


@dataclass(frozen=True, slots=True)
class SqlFragment:
    """A statement that can be part of a larger one: `sql(first)` numbers its parameters from `first`."""

    sql: Callable[[int], str]
    arguments: Sequence[Any]


async def append(
    tx: Tx, announced: Sequence[Announcement], *, source: str, at: datetime, also: SqlFragment | None = None
) -> int:
    """Write the events of `source` (a service) that the relay will publish after the commit.

    In the same statement goes `also`, where there is one; the number of rows it touched is given back.
    """
    if not announced:
        return await run(tx, also.sql(1), *also.arguments) if also else 0
    subjects, types, payloads = [], [], []
    for one in announced:
        subjects.append(one.subject)
        types.append(one.data.event_type)
        payloads.append(
            compose(
                one.data,
                id=new_id(),
                source=source,
                subject=one.subject,
                sequence=one.sequence,
                time=at,
                region=one.by.actor.org,
                actor=one.by.actor.name,
                correlation=one.by.correlation or one.subject,
                causation=one.by.causation,
                traceparent=one.by.trace,
            )
        )
    arguments = (topic_of(source), subjects, types, payloads)
    if also is None:
        return await run(tx, _APPEND, *arguments)
    statement = f"WITH announced AS ({_APPEND}) {also.sql(len(arguments) + 1)}"
    return await run(tx, statement, *arguments, *also.arguments)
