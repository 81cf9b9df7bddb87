"""Service items and the result of an import."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from bianmin.kit.bodies import View
from bianmin.kit.fields import MOMENT, OFFICE_ORG, values_of
from services.intake.api.fields import ITEM_CODE
from services.intake.domain.content import Content
from services.intake.domain.item import Item, ItemVersion, VersionStatus
from services.intake.domain.labels_zh import VERSION_STATUSES
from services.intake.handlers import ImportedCatalog

ItemOrg = Annotated[str, Field(description="发布事项的单位的区划代码", examples=[OFFICE_ORG])]
Code = Annotated[str, Field(description="事项编码", examples=[ITEM_CODE])]
VersionNo = Annotated[int, Field(description="版本，从 1 起，每改一次加 1", examples=[1])]
_STATUS = Field(description=f"状态：{values_of(VERSION_STATUSES)}", examples=["published"])


class ItemView(Content):
    """A version of an item: the guide (办事指南)."""

    org: ItemOrg
    version: VersionNo
    status: Annotated[VersionStatus, _STATUS]
    changed_at: Annotated[
        datetime | None,
        Field(
            description="这个版本最近一次变动的时间，RFC 3339，带时区；刚刚保存、发布或停用的为 null", examples=[MOMENT]
        ),
    ] = None

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

    org: ItemOrg
    code: Code
    version: VersionNo
    status: Annotated[str, _STATUS]
    changed_at: Annotated[datetime, Field(description="最近一次变动的时间，RFC 3339，带时区", examples=[MOMENT])]


class ItemVersionsView(View):
    """All versions of an item, the newest first."""

    items: Annotated[list[ItemVersionView], Field(description="全部版本，最新的在前")]


class ImportedItemView(View):
    """An item after an import."""

    code: Code
    version: VersionNo
    status: Annotated[str, _STATUS]


class ImportedView(View):
    """What an import did: every item of the file as it stands now."""

    imported: Annotated[int, Field(description="导入的事项数，个", examples=[1])]
    items: Annotated[
        list[ImportedItemView],
        Field(
            description="文件中的各个事项，导入以后的版本和状态",
            examples=[[{"code": ITEM_CODE, "version": 1, "status": "draft"}]],
        ),
    ]

    @classmethod
    def of(cls, catalog: ImportedCatalog) -> Self:
        """Return the items of an import, each with its draft or else its published version."""
        items = []
        for item in catalog.items:
            version = item.draft or item.published
            assert version is not None
            items.append(ImportedItemView(code=item.code, version=version.number, status=version.status))
        return cls(imported=len(items), items=items)
