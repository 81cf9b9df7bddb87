"""What a registration looks up: the guide that holds at a desk, and the orgs above it."""

from collections.abc import Iterable
from typing import Any

from bianmin.events.parts import ItemFacts
from bianmin.kit.db import Tx, rows
from services.intake.domain.content import Material
from services.intake.domain.registration import Guide, KnownOrg


def guide_of(stored: Any) -> Guide:
    return Guide(
        facts=ItemFacts.model_validate(stored["facts"]),
        materials=tuple(Material.model_validate(one) for one in stored["materials"]),
        lodge_at=tuple(stored["lodge_at"]),
    )


async def guides(tx: Tx, wanted: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], Guide], dict[str, KnownOrg]]:
    """For each (desk, item code): the guide published nearest above the desk. And the orgs from the desks upward."""
    pairs = sorted(set(wanted))
    desks = [desk for desk, _ in pairs]
    found: dict[tuple[str, str], Guide] = {}
    orgs: dict[str, KnownOrg] = {}
    for desk, code, guide, above in await rows(tx, _GUIDES, desks, [code for _, code in pairs]):
        if guide is not None:
            found[desk, code] = guide_of(guide)
        for known in above:
            orgs[known["code"]] = KnownOrg(known["code"], known["name"], known["offices"])
    return found, orgs


_GUIDES = """
SELECT w.desk, w.code, g.guide, o.above
FROM unnest($1::text[], $2::text[]) AS w(desk, code)
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'offices', offices)), '[]') AS above
    FROM org
    WHERE code IN (w.desk, left(w.desk, 12), left(w.desk, 9), left(w.desk, 6), left(w.desk, 4), left(w.desk, 2))
) o
LEFT JOIN LATERAL (
    SELECT v.guide FROM item i JOIN item_version v ON v.org = i.org AND v.code = i.code AND v.number = i.published
    WHERE i.code = w.code
      AND i.org IN (w.desk, left(w.desk, 12), left(w.desk, 9), left(w.desk, 6), left(w.desk, 4), left(w.desk, 2))
    ORDER BY length(i.org) DESC LIMIT 1
) g ON true
"""
