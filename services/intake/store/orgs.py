"""Orgs as routing announced them."""

from collections.abc import Sequence

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.intake.domain.registration import KnownOrg
from services.intake.store.tables import OrgRow


async def keep(tx: Tx, known: Sequence[KnownOrg]) -> None:
    """Each org as the last of `known` has it."""
    latest = {org.code: org for org in known}
    rows = [{"code": org.code, "name": org.name, "offices": dict(org.offices)} for _, org in sorted(latest.items())]
    await sets.write(
        tx,
        sets.insert(OrgRow, rows, "ON CONFLICT (code) DO UPDATE SET name = excluded.name, offices = excluded.offices"),
    )
