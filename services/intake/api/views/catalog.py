"""Service items and the result of an import."""

from datetime import datetime
from typing import Self

from bianmin.kit.bodies import View
from services.intake.domain.content import Content
from services.intake.domain.item import Item, ItemVersion, VersionStatus
from services.intake.handlers import ImportedCatalog


class ItemView(Content):
    """A version of an item: the guide (办事指南)."""

    org: str
    version: int
    status: VersionStatus
    changed_at: datetime | None = None

    @classmethod
    def of(cls, org: str, version: ItemVersion, changed_at: datetime | None = None) -> "ItemView":
        """Return the view of a version of the org's item."""
        content = dict(version.content)
        return cls.model_construct(
            **content, org=org, version=version.number, status=version.status, changed_at=changed_at
        )

    @classmethod
    def of_draft(cls, item: Item) -> "ItemView":
        """Return the view of an item's draft, which must be there."""
        assert item.draft is not None
        return cls.of(item.org, item.draft)

    @classmethod
    def of_published(cls, item: Item) -> "ItemView":
        """Return the view of an item's published version, which must be there."""
        assert item.published is not None
        return cls.of(item.org, item.published)

    @classmethod
    def of_retired(cls, item: Item) -> "ItemView":
        """Return the view of the version that was just retired."""
        assert item.last_published is not None
        return cls.of(item.org, item.last_published)


class ItemVersionView(View):
    """A version of an item in the list of its versions."""

    org: str
    code: str
    version: int
    status: str
    changed_at: datetime


class ItemVersionsView(View):
    """All versions of an item, the newest first."""

    items: list[ItemVersionView]


class ImportedItemView(View):
    """An item after an import."""

    code: str
    version: int
    status: str


class ImportedView(View):
    """What an import did: every item of the file as it stands now."""

    imported: int
    items: list[ImportedItemView]

    @classmethod
    def of(cls, catalog: ImportedCatalog) -> Self:
        """Return the items of an import, each with its draft or else its published version."""
        items = []
        for item in catalog.items:
            version = item.draft or item.published
            assert version is not None
            items.append(ImportedItemView(code=item.code, version=version.number, status=version.status))
        return cls(imported=len(items), items=items)
