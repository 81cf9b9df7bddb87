"""A service item over time: drafted, published, retired. A case keeps the version it was registered under."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from bianmin.events.intake import ItemPublished, ItemRetired
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, Invalid, NotFound
from services.intake.domain.content import Content, faults

VersionStatus = Literal["draft", "published", "retired"]


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    content: Content
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class Item:
    """An item of one org: at most one version is a draft, at most one published. `last_published` was just retired."""

    org: str
    code: str
    latest: int = 0
    draft: Version | None = None
    published: Version | None = None
    last_published: Version | None = None
    sequence: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class DraftItem:
    """Write the next version. `expected`: the item's version (ETag) that the writer has seen, None for a new item."""

    org: str
    content: Content
    by: Cause
    expected: int | None = None

    @property
    def code(self) -> str:
        return self.content.code


@dataclass(frozen=True, slots=True)
class PublishItem:
    org: str
    code: str
    by: Cause


@dataclass(frozen=True, slots=True)
class RetireItem:
    org: str
    code: str
    by: Cause


@dataclass(frozen=True, slots=True)
class ImportItem:
    """Draft, and publish where asked. What says what is said already is left as it is."""

    org: str
    content: Content
    publish: bool
    by: Cause

    @property
    def code(self) -> str:
        return self.content.code


ItemCommand = DraftItem | PublishItem | RetireItem | ImportItem


@dataclass(frozen=True, slots=True)
class Drafted:
    org: str
    content: Content


Fact = Drafted | ItemPublished | ItemRetired


class ItemNotFound(NotFound):
    slug, title = "item-not-found", "没有这个事项"


class ItemChanged(Conflict):
    slug, title = "item-changed", "事项已被他人修改"


class NothingToPublish(Conflict):
    slug, title = "nothing-to-publish", "没有可发布的草稿"


class NotPublished(Conflict):
    slug, title = "item-not-published", "事项没有发布"


class ItemFaulty(Invalid):
    slug, title = "item-faulty", "事项内容不能发布"


class CatalogElsewhere(Forbidden):
    slug, title = "catalog-elsewhere", "不是本地区的事项目录"


def decide(item: Item | None, command: ItemCommand) -> Sequence[Fact]:
    """The facts a command makes of an item."""
    if not command.by.actor.covers(command.org):
        raise CatalogElsewhere(f"只能维护本辖区（{command.by.actor.org}）的事项目录。")
    _check_line(item, command)
    match command:
        case DraftItem():
            if command.expected != (item.version if item else None):
                raise ItemChanged("事项已被他人修改；请重新读取，核对后再提交。")
            return [Drafted(command.org, command.content)]
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
    """The head of a department keeps the items of that department, the others are not theirs."""
    dept = command.by.actor.dept
    if dept is None:
        return
    known = [] if item is None else [item.draft, item.published, item.last_published]
    said = [version.content for version in known if version is not None]
    if isinstance(command, DraftItem | ImportItem):
        said.append(command.content)
    if any(content.category != dept for content in said):
        raise CatalogElsewhere("只能维护本部门条线（dept）的事项。")


def _import(item: Item | None, command: ImportItem) -> Sequence[Fact]:
    here = item or Item(command.org, command.code)
    if here.published and here.published.content == command.content and not here.draft:
        return []
    facts: list[Fact] = []
    if here.draft is None or here.draft.content != command.content:
        facts.append(Drafted(command.org, command.content))
        here = evolve(item, facts[0])
    if command.publish:
        facts.append(_publish(here, command.content))
    return facts


def _publish(item: Item, content: Content) -> ItemPublished:
    found = tuple(faults(content))
    if found:
        raise ItemFaulty("事项内容有误，请按 errors 更正后再发布。", errors=found)
    assert item.draft is not None
    return ItemPublished(item=content.facts(item.org, item.draft.number))


def evolve(item: Item | None, fact: Fact) -> Item:
    """The item after a fact."""
    match fact:
        case Drafted(org, content):
            here = item or Item(org, content.code)
            number = here.draft.number if here.draft else here.latest + 1
            draft = Version(number, content, "draft")
            return replace(here, latest=number, draft=draft, version=here.version + 1)
        case ItemPublished():
            assert item is not None
            assert item.draft is not None
            published = replace(item.draft, status="published")
            return replace(item, draft=None, published=published, version=item.version + 1)
        case ItemRetired():
            assert item is not None
            return replace(item, published=None, last_published=item.published, version=item.version + 1)
    assert_never(fact)
