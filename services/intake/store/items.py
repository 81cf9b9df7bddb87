"""Service items: load many, save many."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, tuple_

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.intake.domain.content import Content
from services.intake.domain.item import Item, ItemVersion, VersionStatus
from services.intake.store.tables import ItemRow, ItemVersionRow, items, versions

ItemKey = tuple[str, str]
"""(org, code) of an item."""


_CODEC = Codec(ItemRow, Item, paths={"published": "published_number"})
_LOADED = "draft", "published"


async def load_items(tx: Tx, keys: Iterable[ItemKey]) -> dict[ItemKey, Item]:
    """Return the items by key, with their draft and their published version, locked in the order of their keys."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    locked = select(items).where(tuple_(items.c.org, items.c.code).in_(wanted))
    rows = (await tx.execute(locked.order_by(items.c.org, items.c.code).with_for_update())).mappings().all()
    open_versions = select(versions).where(
        tuple_(versions.c.org, versions.c.code).in_(wanted), versions.c.status.in_(_LOADED)
    )
    found: dict[tuple[str, str, str], ItemVersion] = {}
    for row in (await tx.execute(open_versions)).mappings():
        content = Content.stored(row["content"])
        found[row["org"], row["code"], row["status"]] = ItemVersion(row["number"], content, row["status"])
    return {
        (row["org"], row["code"]): _CODEC.load(
            row, **{status: found.get((row["org"], row["code"], status)) for status in _LOADED}
        )
        for row in rows
    }


async def save_items(tx: Tx, before: dict[ItemKey, Item], changed: dict[ItemKey, Item]) -> None:
    """Store the changed items and those of their versions that changed. `before`: the items as they were loaded."""
    new: list[sets.Row] = []
    old: list[sets.Row] = []
    new_versions: list[sets.Row] = []
    changed_versions: list[sets.Row] = []
    for key, item in changed.items():
        known = before.get(key)
        (old if known else new).append(_CODEC.row(item))
        was = _versions(known) if known else {}
        now = _versions(item)
        for number, version in now.items():
            if number not in was:
                new_versions.append(_version_row(item, version, version.status))
            elif was[number] != version:
                changed_versions.append(_version_row(item, version, version.status))
        changed_versions += [
            _version_row(item, version, "retired") for number, version in was.items() if number not in now
        ]
    await sets.write(tx, sets.insert(ItemRow, new), sets.insert(ItemVersionRow, new_versions))
    await sets.write(
        tx,
        sets.update(ItemRow, old, by=("org", "code")),
        sets.update(ItemVersionRow, changed_versions, by=("org", "code", "number"), also="changed_at = now()"),
    )


def _versions(item: Item) -> dict[int, ItemVersion]:
    return {version.number: version for version in (item.draft, item.published) if version is not None}


def _version_row(item: Item, version: ItemVersion, status: VersionStatus) -> dict[str, Any]:
    content = version.content
    return {
        "org": item.org,
        "code": item.code,
        "number": version.number,
        "status": status,
        "content": content.model_dump(mode="json", exclude_none=True),
        "guide": content.guide(item.org, version.number),
    }
