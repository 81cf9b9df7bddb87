"""A service item and its versions: drafted, published, retired. A case keeps the version it was registered under."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from bianmin.domain.actors import Actor
from bianmin.events.intake import ItemPublished, ItemRetired
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, Invalid, NotFound
from services.intake.domain.content import Content, content_errors

VersionStatus = Literal["draft", "published", "retired"]


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """A version of an item. `number` counts from 1 and is never used again once it was published."""

    number: int
    content: Content
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class Item:
    """An item of one org: at most one version is a draft, at most one is published.

    `latest` is the highest version number; `last_published` the version that the last command retired. `sequence`
    counts the announced events, `version` the changes (the ETag).
    """

    org: str
    code: str
    latest: int = 0
    draft: ItemVersion | None = None
    published: ItemVersion | None = None
    last_published: ItemVersion | None = None
    sequence: int = 0
    version: int = 0

    @property
    def published_number(self) -> int | None:
        """The number of the published version."""
        return self.published.number if self.published else None


@dataclass(frozen=True, slots=True)
class DraftItem:
    """Write the next version. `expected`: the ETag of the item that the writer has read, None for a new item."""

    org: str
    content: Content
    by: Cause
    expected: int | None = None

    @property
    def code(self) -> str:
        """The code of the item."""
        return self.content.code


@dataclass(frozen=True, slots=True)
class PublishItem:
    """Publish the draft: new registrations are made under it."""

    org: str
    code: str
    by: Cause


@dataclass(frozen=True, slots=True)
class RetireItem:
    """Offer the item no more; cases under way go on."""

    org: str
    code: str
    by: Cause


@dataclass(frozen=True, slots=True)
class ImportItem:
    """Draft the content, and publish it where `publish` says so. Content that has not changed makes no new version."""

    org: str
    content: Content
    publish: bool
    by: Cause

    @property
    def code(self) -> str:
        """The code of the item."""
        return self.content.code


ItemCommand = DraftItem | PublishItem | RetireItem | ImportItem


@dataclass(frozen=True, slots=True)
class ItemDrafted:
    """The draft of an item has this content from now on."""

    org: str
    content: Content


ItemFact = ItemDrafted | ItemPublished | ItemRetired


class ItemNotFound(NotFound):
    """The org has no such item."""

    slug, title = "item-not-found", "没有这个事项"


class ItemChanged(Conflict):
    """Somebody else has changed the item since the writer read it."""

    slug, title = "item-changed", "事项已被他人修改"


class NothingToPublish(Conflict):
    """The item has no draft."""

    slug, title = "nothing-to-publish", "没有可发布的草稿"


class NotPublished(Conflict):
    """The item is not published."""

    slug, title = "item-not-published", "事项没有发布"


class ItemFaulty(Invalid):
    """The content has errors for which it cannot be published."""

    slug, title = "item-faulty", "事项内容不能发布"


class CatalogElsewhere(Forbidden):
    """The catalog belongs to another org or department."""

    slug, title = "catalog-elsewhere", "不是本地区的事项目录"


def check_catalog(actor: Actor, org: str) -> None:
    """Raise `CatalogElsewhere` where the catalog of `org` is not the actor's to change."""
    if not actor.covers(org):
        raise CatalogElsewhere(f"只能维护本辖区（{actor.org}）的事项目录。")


def may_see_drafts(actor: Actor, org: str) -> bool:
    """Whether the actor may see drafts of the catalog of `org`: who edits catalogs there, above it or below it."""
    return actor.may("admin", "manager") and (actor.covers(org) or (org != "" and actor.org.startswith(org)))


def decide_item(item: Item | None, command: ItemCommand) -> Sequence[ItemFact]:
    """Return the facts that a command makes of an item.

    Raises `CatalogElsewhere`, `ItemChanged`, `ItemNotFound`, `NothingToPublish`, `NotPublished`, and `ItemFaulty` with
    an error for each fault of the content.
    """
    check_catalog(command.by.actor, command.org)
    _check_line(item, command)
    match command:
        case DraftItem():
            if command.expected != (item.version if item else None):
                raise ItemChanged("事项已被他人修改；请重新读取，核对后再提交。")
            return [ItemDrafted(command.org, command.content)]
        case ImportItem():
            return _import(item, command)
        case PublishItem():
            if item is None:
                raise ItemNotFound("没有这个事项；请核对事项编码和 org。")
            if item.draft is None:
                raise NothingToPublish("没有待发布的草稿；请先用 PUT 提交新内容。")
            return [_publish(item, item.draft.content)]
        case RetireItem():
            if item is None:
                raise ItemNotFound("没有这个事项；请核对事项编码和 org。")
            if item.published is None:
                raise NotPublished("这个事项没有发布，不需要停用。")
            return [ItemRetired(org=item.org, code=item.code, version=item.published.number)]
    assert_never(command)


def _check_line(item: Item | None, command: ItemCommand) -> None:
    """Refuse the head of a department the items of another department."""
    dept = command.by.actor.dept
    if dept is None:
        return
    known = [] if item is None else [item.draft, item.published, item.last_published]
    contents = [version.content for version in known if version is not None]
    if isinstance(command, DraftItem | ImportItem):
        contents.append(command.content)
    if any(content.category != dept for content in contents):
        raise CatalogElsewhere("只能维护本部门条线（dept）的事项。")


def _import(item: Item | None, command: ImportItem) -> Sequence[ItemFact]:
    current = item or Item(command.org, command.code)
    if current.published and current.published.content == command.content and not current.draft:
        return []
    facts: list[ItemFact] = []
    if current.draft is None or current.draft.content != command.content:
        facts.append(ItemDrafted(command.org, command.content))
        current = evolve_item(item, facts[0])
    if command.publish:
        facts.append(_publish(current, command.content))
    return facts


def _publish(item: Item, content: Content) -> ItemPublished:
    if errors := tuple(content_errors(content)):
        raise ItemFaulty("事项内容有误，请按 errors 更正后再发布。", errors=errors)
    assert item.draft is not None
    return ItemPublished(item=content.facts(item.org, item.draft.number))


def evolve_item(item: Item | None, fact: ItemFact) -> Item:
    """Return the item after a fact; each raises its version by one."""
    match fact:
        case ItemDrafted(org, content):
            current = item or Item(org, content.code)
            number = current.draft.number if current.draft else current.latest + 1
            draft = ItemVersion(number, content, "draft")
            return replace(current, latest=number, draft=draft, version=current.version + 1)
        case ItemPublished():
            assert item is not None
            assert item.draft is not None
            published = replace(item.draft, status="published")
            return replace(item, draft=None, published=published, version=item.version + 1)
        case ItemRetired():
            assert item is not None
            return replace(item, published=None, last_published=item.published, version=item.version + 1)
    assert_never(fact)
