"""Record the orgs that routing announces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Work
from services.deadlines.store import orgs


@dataclass(frozen=True, slots=True)
class RecordOrgCode:
    """Record the code of an org that routing announced."""

    code: str
    by: Cause


async def record_org_codes(tx: Tx, commands: Sequence[RecordOrgCode], now: datetime) -> Work[Any, Any]:
    """Store the codes that are not stored yet."""
    await orgs.record(tx, [command.code for command in commands])
    return Work(outcomes=[Done()] * len(commands))
