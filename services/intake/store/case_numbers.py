"""Case numbers: gap-free for each org and day."""

from collections.abc import Mapping
from datetime import date

from bianmin.kit.db import Tx, rows

_DRAW = """
INSERT INTO case_number AS n (org, day, last)
SELECT * FROM unnest($1::text[], $2::date[], $3::int[]) AS w(org, day, last) ORDER BY org, day
ON CONFLICT (org, day) DO UPDATE SET last = n.last + excluded.last
RETURNING org, last
"""


async def draw_numbers(tx: Tx, day: date, wanted: Mapping[str, int]) -> dict[str, int]:
    """Draw `wanted[org]` numbers of the day for each org. Returns the last number that was drawn before them."""
    orgs = list(wanted)
    drawn = await rows(tx, _DRAW, orgs, [day] * len(orgs), [wanted[org] for org in orgs])
    return {org: last - wanted[org] for org, last in drawn}
