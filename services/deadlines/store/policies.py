"""Policies as regions have published them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bianmin.kit.clock import TZ
from bianmin.kit.db import Tx, rows
from services.deadlines.domain.periods import CutOff, Unit
from services.deadlines.domain.policies import Policy
from services.deadlines.domain.terms import Mark

_PUT = """
WITH put AS (
    INSERT INTO policies (region, version, policies, published_at, published_by) VALUES ($1, $2, $3::jsonb, $4, $5)
    ON CONFLICT (region) DO UPDATE SET version = excluded.version, policies = excluded.policies,
        published_at = excluded.published_at, published_by = excluded.published_by
    RETURNING *
)
INSERT INTO policies_history SELECT region, version, policies, published_at, published_by FROM put
"""
_PUBLISHED = "SELECT region, version, policies FROM policies ORDER BY region"
_HISTORY = """
SELECT version, policies, published_at, published_by FROM policies_history WHERE region = $1 ORDER BY version DESC
"""
_PLAIN = ("kind", "stage", "item_code", "item_type", "mode", "budget", "card", "order_days")


async def published(tx: Tx) -> list[Policy]:
    """All that hold, in a fixed order."""
    return [policy for row in await rows(tx, _PUBLISHED) for policy in _policies_of(*row)]


async def version_of(tx: Tx, region: str) -> int | None:
    """How often a region has published policies; None where it has not."""
    found = await rows(tx, "SELECT version FROM policies WHERE region = $1", region)
    return found[0][0] if found else None


async def put(tx: Tx, region: str, version: int, policies: Sequence[Policy], by: str, now: datetime) -> None:
    told = json.dumps([row_of(policy) for policy in policies], ensure_ascii=False)
    await rows(tx, _PUT + " RETURNING 1", region, version, told, now, by)


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    policies: Sequence[Policy]
    published_at: datetime
    published_by: str


async def history(tx: Tx, region: str) -> list[Version]:
    """Every publication of a region, the newest first."""
    return [
        Version(version, _policies_of(region, version, stored), at.astimezone(TZ), by)
        for version, stored, at, by in await rows(tx, _HISTORY, region)
    ]


def row_of(policy: Policy) -> dict[str, Any]:
    marks = {
        name: {"percent": mark.percent, "units": mark.units}
        for name, mark in (("reminder", policy.reminder), ("yellow", policy.yellow))
        if mark is not None
    }
    plain = {name: getattr(policy, name) for name in (*_PLAIN, "unit", "cut_off")}
    return {name: value for name, value in {**plain, **marks}.items() if value is not None}


def _policies_of(region: str, version: int, stored: Any) -> list[Policy]:
    entries: Sequence[Mapping[str, Any]] = json.loads(stored) if isinstance(stored, str) else stored
    return [_policy_of(region, version, number, entry) for number, entry in enumerate(entries, 1)]


def _policy_of(region: str, version: int, number: int, stored: Mapping[str, Any]) -> Policy:
    set_to: dict[str, Any] = {name: stored[name] for name in _PLAIN if name in stored}
    set_to |= {name: Mark(**stored[name]) for name in ("reminder", "yellow") if name in stored}
    set_to |= {name: kind(stored[name]) for name, kind in (("unit", Unit), ("cut_off", CutOff)) if name in stored}
    return Policy(region=region, version=version, number=number, **set_to)
