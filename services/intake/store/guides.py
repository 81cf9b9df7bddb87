"""What a registration looks up: the guide that holds at a desk, and the orgs above the desk."""

from collections.abc import Iterable
from functools import lru_cache

from pydantic import TypeAdapter

from bianmin.kit.db import Tx, rows
from services.intake.domain.content import Guide
from services.intake.domain.registration import KnownOrg

_read = TypeAdapter(Guide).validate_json


@lru_cache(maxsize=2048)
def parse_guide(stored: str) -> Guide:
    """Return the guide that is stored as this text in `item_version.guide`. Equal texts give the same object.

    The results are cached: every load of a case needs its guide, and a county has far fewer guides than cases.
    """
    return _read(stored)


async def find_guides(
    tx: Tx, wanted: Iterable[tuple[str, str]]
) -> tuple[dict[tuple[str, str], Guide], dict[str, KnownOrg]]:
    """Return the guides by (desk, item code), each published nearest above its desk; and the orgs from the desks up."""
    pairs = sorted(set(wanted))
    desks = [desk for desk, _ in pairs]
    guides: dict[tuple[str, str], Guide] = {}
    orgs: dict[str, KnownOrg] = {}
    for desk, code, guide, above in await rows(tx, _GUIDES, desks, [code for _, code in pairs]):
        if guide is not None:
            guides[desk, code] = parse_guide(guide)
        for org in above:
            orgs[org["code"]] = KnownOrg(org["code"], org["name"], org["offices"])
    return guides, orgs


_GUIDES = """
SELECT w.desk, w.code, g.guide, o.above
FROM unnest($1::text[], $2::text[]) AS w(desk, code)
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'offices', offices)), '[]') AS above
    FROM org
    WHERE code IN (w.desk, left(w.desk, 12), left(w.desk, 9), left(w.desk, 6), left(w.desk, 4), left(w.desk, 2))
) o
LEFT JOIN LATERAL (
    SELECT v.guide::text FROM item i JOIN item_version v ON v.org = i.org AND v.code = i.code AND v.number = i.published
    WHERE i.code = w.code
      AND i.org IN (w.desk, left(w.desk, 12), left(w.desk, 9), left(w.desk, 6), left(w.desk, 4), left(w.desk, 2))
    ORDER BY length(i.org) DESC LIMIT 1
) g ON true
"""
