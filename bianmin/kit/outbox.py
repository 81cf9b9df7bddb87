"""Announcements leave through the database: rows written in the transaction of the state they tell of."""

from collections.abc import Sequence
from datetime import datetime

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


async def append(tx: Tx, announced: Sequence[Announcement], *, source: str, at: datetime) -> None:
    """Write the events of `source` (a service) that the relay will publish after the commit."""
    if not announced:
        return
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
                actor=one.by.actor.id,
                correlation=one.by.correlation or one.subject,
                causation=one.by.causation,
                traceparent=one.by.trace,
            )
        )
    await run(tx, _APPEND, topic_of(source), subjects, types, payloads)
