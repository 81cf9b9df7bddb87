"""Bare loops that write the same rows as the timers of deadlines, events included, without deciding anything.

They claim the same batches and commit as often. The bench compares the service with them.
"""

import json
from datetime import date, datetime
from typing import Any

from bench.clocks import midnight
from bench.county import COUNTY
from bianmin.kit.ids import new_id

_CLAIM = """
SELECT c.subject_id, c.id, c.kind, c.cycle, c.org, c.dept, c.due_on, c.due_at, s.sequence + 1 AS sequence
FROM clock c JOIN subject s ON s.id = c.subject_id WHERE c.next_fire_at <= $1
ORDER BY c.next_fire_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
_FIRE = """
WITH ticked AS (
    UPDATE clock AS t SET lamp = 'green', told = 'reminder', state = 'running', stopped_at = NULL, late = NULL,
        next_fire_at = t.yellow_at, version = t.version + 1, changed_at = now()
    FROM unnest($1::uuid[]) AS v(id) WHERE t.id = v.id
), counted AS (
    UPDATE subject AS s SET phase = s.phase, cycle = s.cycle, standstills = s.standstills, cards = s.cards,
        sequence = s.sequence + 1
    FROM unnest($2::uuid[]) AS v(id) WHERE s.id = v.id
)
INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
SELECT 'bianmin.deadlines', id::text, 'cn.bianmin.clock.reminded.v1', payload
FROM unnest($2::uuid[], $3::bytea[]) AS v(id, payload)
"""


async def remind(connection: Any, now: datetime, size: int) -> None:
    """Fire the reminders of `size` clocks that are due, in one transaction."""
    async with connection.transaction():
        claimed = await connection.fetch(_CLAIM, now, size)
        ids, subjects = [row["id"] for row in claimed], [row["subject_id"] for row in claimed]
        payloads = [_event_bytes("clock.reminded", row, now, detected_at=now.isoformat()) for row in claimed]
        await connection.execute(_FIRE, ids, subjects, payloads)


_LIST = """
INSERT INTO recount_subject (recount_id, subject_id)
SELECT DISTINCT r.id, subject_id FROM clock, (SELECT id FROM recount LIMIT 1) AS r
WHERE state = 'running' AND due_at > $1 AND started_on <= $2 AND org LIKE $3 || '%'
"""
_TAKE = """
DELETE FROM recount_subject WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM recount_subject ORDER BY recount_id, subject_id LIMIT $1 FOR UPDATE SKIP LOCKED
)) RETURNING subject_id
"""
_READ = """
SELECT c.subject_id, c.id, c.kind, c.cycle, c.org, c.dept, c.due_on + $3::int AS due_on,
    c.due_at + $3 * interval '1 day' AS due_at, c.due_on AS was_on, c.due_at AS was_at, c.lamp,
    s.sequence + 1 AS sequence
FROM clock c JOIN subject s ON s.id = c.subject_id
WHERE c.subject_id = ANY($1::uuid[]) AND c.due_at > $2 AND c.state = 'running' FOR UPDATE OF s
"""
_MOVE = """
WITH moved AS (
    UPDATE clock AS t SET due_on = v.due_on, due_at = v.due_at,
        reminder_at = t.reminder_at + $6::int * interval '1 day', yellow_at = t.yellow_at + $6::int * interval '1 day',
        next_fire_at = t.next_fire_at + $6::int * interval '1 day',
        calendar_version = $7, version = t.version + 1, lamp = t.lamp, told = t.told, state = t.state, unit = t.unit,
        budget = t.budget, policy = t.policy, extended_by = t.extended_by, not_before = t.not_before,
        provisional = t.provisional, changed_at = now()
    FROM unnest($1::uuid[], $3::date[], $4::timestamptz[]) AS v(id, due_on, due_at) WHERE t.id = v.id
), counted AS (
    UPDATE subject AS s SET phase = s.phase, cycle = s.cycle, standstills = s.standstills, cards = s.cards,
        sequence = s.sequence + 1
    FROM unnest($2::uuid[]) AS v(id) WHERE s.id = v.id
), kept AS (
    INSERT INTO clock_move (clock_id, sequence, moved_at, reason, previous_due_on, due_on, calendar_version)
    SELECT v.id, v.sequence, $8, 'calendar', v.due_on - $6::int, v.due_on, $7
    FROM unnest($1::uuid[], $9::int[], $3::date[]) AS v(id, sequence, due_on)
)
INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
SELECT 'bianmin.deadlines', id::text, 'cn.bianmin.clock.rescheduled.v1', payload
FROM unnest($2::uuid[], $5::bytea[]) AS v(id, payload)
"""


async def move(connection: Any, day: date, by: int, now: datetime, size: int) -> None:
    """Move the due dates of all clocks of the county that cross `day` by some days, in batches of `size`."""
    crossing, version = midnight(day), f"CN-{by}"
    await connection.execute(_LIST, crossing, day, COUNTY)
    while True:
        async with connection.transaction():
            claimed = [row["subject_id"] for row in await connection.fetch(_TAKE, size)]
            if not claimed:
                return
            found = await connection.fetch(_READ, claimed, crossing, by)
            payloads = [
                _event_bytes(
                    "clock.rescheduled",
                    row,
                    now,
                    previous_due_on=str(row["was_on"]),
                    previous_due_at=row["was_at"].isoformat(),
                    reason_code="calendar",
                    calendar_version=version,
                    provisional=False,
                    lamp=row["lamp"],
                )
                for row in found
            ]
            ids, subjects = [row["id"] for row in found], [row["subject_id"] for row in found]
            due_on, due_at = [row["due_on"] for row in found], [row["due_at"] for row in found]
            numbers = [row["sequence"] for row in found]
            await connection.execute(_MOVE, ids, subjects, due_on, due_at, payloads, by, version, now, numbers)


def _event_bytes(name: str, row: Any, now: datetime, **more: Any) -> bytes:
    """Return an event with the attributes of the service's own events."""
    subject, kind = str(row["subject_id"]), f"cn.bianmin.{name}.v1"
    data = {
        "clock_id": str(row["id"]),
        "subject_kind": "case",
        "kind": row["kind"],
        "stage": None,
        "org": row["org"],
        "dept": row["dept"],
        "cycle": row["cycle"],
        "due_on": str(row["due_on"]),
        "due_at": row["due_at"].isoformat(),
        **more,
    }
    event = {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": "/bianmin/deadlines",
        "type": kind,
        "subject": subject,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"urn:bianmin:schema:{kind}",
        "sequence": row["sequence"],
        "region": row["org"],
        "actor": "system",
        "correlationid": subject,
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False).encode()
