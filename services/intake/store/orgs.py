"""Orgs as routing announced them."""

from collections.abc import Sequence

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.intake.domain.registration import KnownOrg
from services.intake.store.tables import KnownOrgRow


async def save_orgs(tx: Tx, orgs: Sequence[KnownOrg]) -> None:
    """Store the orgs. Where an org occurs twice in `orgs`, the last one counts."""
    latest = {org.code: org for org in orgs}
    rows = [{"code": org.code, "name": org.name, "offices": dict(org.offices)} for _, org in sorted(latest.items())]
    tail = "ON CONFLICT (code) DO UPDATE SET name = excluded.name, offices = excluded.offices"
    await sets.write(tx, sets.insert(KnownOrgRow, rows, tail))
