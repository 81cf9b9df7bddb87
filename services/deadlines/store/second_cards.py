"""Yellow cards that a timer has still to compare with the others of their unit in twelve months."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bianmin.kit.db import Tx, rows
from bianmin.kit.parked_timers import not_parked

WAITING = "EXISTS (SELECT FROM card WHERE to_weigh)"
# by one replica at a time, so that the later of two cards of a unit is compared after the earlier one is saved
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('deadlines.cards'))"
_NEXT = f"""
SELECT id, subject_id FROM card WHERE to_weigh AND {not_parked("cards", "card.subject_id")}
ORDER BY issued_at, id LIMIT $1
"""
_LOCK_SUBJECTS = "SELECT id FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
# the others are those that were compared already, and those that wait before this one
_WITH_OTHERS = """
SELECT c.subject_id, c.id, c.org, c.issued_at, ARRAY(
    SELECT o.issued_at FROM card o
    WHERE o.org = c.org AND o.dept IS NOT DISTINCT FROM c.dept AND o.id <> c.id
        AND o.level = 'yellow' AND o.status <> 'revoked'
        AND (NOT o.to_weigh OR (o.issued_at, o.id) < (c.issued_at, c.id))
        AND o.issued_at BETWEEN c.issued_at - interval '367 days' AND c.issued_at + interval '367 days'
)
FROM card c WHERE c.id = ANY($1::uuid[]) AND c.to_weigh ORDER BY c.issued_at, c.id
"""


class YellowCard(NamedTuple):
    """A yellow card. `others`: when the unit's other yellow cards were issued, up to 367 days before or after it."""

    subject_id: UUID
    card_id: UUID
    org: str
    issued_at: datetime
    others: tuple[datetime, ...]


async def claim(tx: Tx, limit: int) -> list[YellowCard]:
    """Return at most `limit` cards that wait, the oldest first; none while another replica has some.

    Locks their subjects in the order of their ids, as every transaction does.
    """
    if not (await rows(tx, _LOCK))[0][0]:
        return []
    found = await rows(tx, _NEXT, limit)
    await rows(tx, _LOCK_SUBJECTS, [subject_id for _, subject_id in found])
    return [
        YellowCard(subject_id, card_id, org, issued_at, tuple(others))
        for subject_id, card_id, org, issued_at, others in await rows(tx, _WITH_OTHERS, [id for id, _ in found])
    ]
