"""Codes of the orgs that routing announced."""

from collections.abc import Iterable

from sqlalchemy import select

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.deadlines.store.tables import OrgCodeRow, orgs


async def record(tx: Tx, codes: Iterable[str]) -> None:
    """Store these codes; those that are stored already stay."""
    rows = [{"code": code} for code in sorted(set(codes))]
    await sets.write(tx, sets.insert(OrgCodeRow, rows, "ON CONFLICT DO NOTHING"))


async def is_known(tx: Tx, code: str) -> bool:
    """Return whether routing announced an org with this code."""
    return (await tx.execute(select(orgs.c.code).where(orgs.c.code == code))).first() is not None
