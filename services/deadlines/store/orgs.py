"""Which orgs there are, as routing announced them."""

from collections.abc import Iterable

from sqlalchemy import select

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.deadlines.store.tables import OrgRow, orgs


async def keep(tx: Tx, codes: Iterable[str]) -> None:
    rows = [{"code": code} for code in sorted(set(codes))]
    await sets.write(tx, sets.insert(OrgRow, rows, "ON CONFLICT DO NOTHING"))


async def is_known(tx: Tx, code: str) -> bool:
    return (await tx.execute(select(orgs.c.code).where(orgs.c.code == code))).first() is not None
