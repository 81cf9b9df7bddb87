"""Service items: load many, save many."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, tuple_

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.intake.domain.content import Content
from services.intake.domain.item import Item, Version
from services.intake.store.tables import ItemRow, VersionRow, items, versions

Name = tuple[str, str]
"""(org, code) of an item."""


async def load_items(tx: Tx, names: Iterable[Name]) -> dict[Name, Item]:
    """The items with their draft and their published version, locked in the order of their names."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    locked = select(items).where(tuple_(items.c.org, items.c.code).in_(wanted))
    rows = (await tx.execute(locked.order_by(items.c.org, items.c.code).with_for_update())).mappings().all()
    open_versions = select(versions).where(
        tuple_(versions.c.org, versions.c.code).in_(wanted), versions.c.status != "retired"
    )
    current: dict[tuple[str, str, str], Version] = {}
    for row in (await tx.execute(open_versions)).mappings():
        content = Content.model_validate(row["content"])
        current[row["org"], row["code"], row["status"]] = Version(row["number"], content, row["status"])
    return {
        (row["org"], row["code"]): Item(
            org=row["org"],
            code=row["code"],
            latest=row["latest"],
            draft=current.get((row["org"], row["code"], "draft")),
            published=current.get((row["org"], row["code"], "published")),
            sequence=row["sequence"],
            version=row["version"],
        )
        for row in rows
    }


async def save_items(tx: Tx, before: dict[Name, Item], changed: dict[Name, Item]) -> None:
    """Items and those of their versions that changed."""
    new: list[sets.Row] = []
    old: list[sets.Row] = []
    written: list[sets.Row] = []
    moved: list[sets.Row] = []
    for name, item in changed.items():
        known = before.get(name)
        (old if known else new).append(_item_row(item))
        was = _versions(known) if known else {}
        now = _versions(item)
        for number, version in now.items():
            if number not in was:
                written.append(_version_row(item, version))
            elif was[number] != version:
                moved.append(_version_row(item, version))
        moved += [_version_row(item, version, "retired") for number, version in was.items() if number not in now]
    await sets.write(tx, sets.insert(ItemRow, new), sets.insert(VersionRow, written))
    await sets.write(
        tx,
        sets.update(ItemRow, old, by=("org", "code")),
        sets.update(VersionRow, moved, by=("org", "code", "number"), also="changed_at = now()"),
    )


def _versions(item: Item) -> dict[int, Version]:
    return {version.number: version for version in (item.draft, item.published) if version is not None}


def _item_row(item: Item) -> dict[str, Any]:
    return {
        "org": item.org,
        "code": item.code,
        "latest": item.latest,
        "published": item.published.number if item.published else None,
        "sequence": item.sequence,
        "version": item.version,
    }


def _version_row(item: Item, version: Version, status: str | None = None) -> dict[str, Any]:
    content = version.content
    return {
        "org": item.org,
        "code": item.code,
        "number": version.number,
        "status": status or version.status,
        "content": content.model_dump(mode="json", exclude_none=True),
        "guide": {
            "facts": content.facts(item.org, version.number).model_dump(mode="json"),
            "materials": [material.model_dump(mode="json") for material in content.materials],
            "lodge_at": list(content.lodge_at),
        },
    }
