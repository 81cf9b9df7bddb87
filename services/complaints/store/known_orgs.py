"""The orgs that routing announced."""

from collections.abc import Iterable, Mapping

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from services.complaints.store.tables import OrgNameRow


async def known_orgs(tx: Tx, codes: Iterable[str]) -> frozenset[str]:
    """Return those of the codes that routing announced an org of."""
    wanted = sorted(set(codes))
    if not wanted:
        return frozenset()
    found = await rows(tx, "SELECT code FROM org WHERE code = ANY($1::text[])", wanted)
    return frozenset(code for (code,) in found)


async def save_orgs(tx: Tx, names: Mapping[str, str]) -> None:
    """Insert or update orgs: their names by code."""
    new = [{"code": code, "name": name} for code, name in sorted(names.items())]
    await sets.write(tx, sets.insert(OrgNameRow, new, "ON CONFLICT (code) DO UPDATE SET name = excluded.name"))
