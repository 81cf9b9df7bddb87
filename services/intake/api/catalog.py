"""`/catalog`: service items, their versions and their import."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlalchemy import RowMapping

from bianmin.domain.labels_zh import MODES
from bianmin.events.parts import Dept, Mode
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.endpoints import IfMatch, RequestContext, check_if_match, context_for, respond
from bianmin.kit.fields import DEPT_VALUES, values_of
from bianmin.kit.file_bodies import takes_files
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import CACHED, public_router, staff_router
from services.intake.api import import_file
from services.intake.api.bodies import CatalogIn, ItemIn
from services.intake.api.parameters import CatalogOrg, ItemPath
from services.intake.api.views.catalog import ImportedView, ItemVersionsView, ItemVersionView, ItemView
from services.intake.domain.content import Content
from services.intake.domain.item import (
    DraftItem,
    ImportItem,
    ItemNotFound,
    ItemVersion,
    PublishItem,
    RetireItem,
    check_catalog,
    may_see_drafts,
)
from services.intake.handlers import ImportCatalog
from services.intake.store.queries import catalog as queries

router = staff_router("intake")
open_router = public_router("intake")

Editor = Annotated[RequestContext, context_for("admin", "manager")]
Anyone = Annotated[RequestContext, context_for()]


class CodeDiffers(Invalid):
    """The code in the body is not the code in the address."""

    slug, title = "code-differs", "事项编码不一致"


@open_router.get(
    "/catalog/items",
    response_model=Page[ItemView],
    summary="可以办理的事项",
    description="任何人查看在一个地区可以办理的事项，按编码排列；同一编码以最近的上级发布的为准。",
    openapi_extra=CACHED,
)
async def list_items(
    context: Anyone,
    org: CatalogOrg = None,
    category: Annotated[Dept | None, Query(description=f"类别：{DEPT_VALUES}", examples=["civil"])] = None,
    mode: Annotated[Mode | None, Query(description=f"办理方式：{values_of(MODES)}", examples=["promised"])] = None,
    q: Annotated[str | None, Query(max_length=60, description="名称中的字", examples=["救助"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the service items of a region."""
    wanted = queries.ItemFilter(org, category, mode, q)
    async with context.read() as tx:
        rows, next_cursor = await queries.list_items(tx, wanted, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[_view(row) for row in rows], next_cursor=next_cursor))


@open_router.get(
    "/catalog/items/{code}",
    response_model=ItemView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="办事指南",
    description="任何人查看一个事项的办事指南：材料、步骤、收费、时限、依据。"
    "有草稿时，凭草稿的 ETag 才能修改（`draft=true`）。",
    openapi_extra=CACHED,
)
async def get_item(
    code: ItemPath,
    context: Anyone,
    org: CatalogOrg = None,
    draft: Annotated[bool, Query(description="要尚未发布的草稿（限管理员和负责人）")] = False,
) -> Response:
    """Show a service item."""
    at, drafts = _catalog_to_read(context, org)
    async with context.read() as tx:
        found = await queries.find_draft(tx, at, code) if draft and drafts and at else None
        found = found or await queries.find_version(tx, at, code, drafts=drafts)
    if found is None:
        raise ItemNotFound("没有这个事项；请核对事项编码和 org。")
    # a reader of the published version has not read the draft, and must not overwrite it
    is_behind = found["status"] == "published" and found["latest"] > found["number"]
    return respond(_view(found), found["version"] - is_behind)


@open_router.get(
    "/catalog/items/{code}/versions",
    response_model=ItemVersionsView,
    responses=refuses(NotFound),
    summary="事项的版本",
    description="任何人查看一个事项历次发布的版本；办件始终按登记时的版本办理。",
    openapi_extra=CACHED,
)
async def list_versions(code: ItemPath, context: Anyone, org: CatalogOrg = None) -> Response:
    """List the versions of a service item."""
    at, drafts = _catalog_to_read(context, org)
    async with context.read() as tx:
        rows = await queries.list_versions(tx, at, code, drafts=drafts)
    if not rows:
        raise ItemNotFound("没有这个事项；请核对事项编码和 org。")
    return respond(ItemVersionsView(items=[ItemVersionView(**row) for row in rows]))


def _catalog_to_read(context: RequestContext, org: str | None) -> tuple[str | None, bool]:
    """Return the org whose catalog is read, None for the highest, and whether its drafts are shown."""
    at = org or context.actor.org or None
    return at, at is not None and may_see_drafts(context.actor, at)


def _view(row: RowMapping) -> ItemView:
    version = ItemVersion(row["number"], Content.stored(row["content"]), row["status"])
    return ItemView.of(row["org"], version, row["changed_at"])


async def _version_read(
    code: ItemPath, context: Editor, org: CatalogOrg = None, if_match: IfMatch = None
) -> int | None:
    """Return the version that the writer has read, or None for a new item. It is checked before the body is.

    Raises `CatalogElsewhere`, `PreconditionRequired` and `Stale`.
    """
    where = org or context.actor.org
    check_catalog(context.actor, where)
    async with context.read() as tx:
        version = await queries.etag_version(tx, where, code)
    check_if_match(if_match, version)
    return version


@router.put(
    "/catalog/items/{code}",
    response_model=ItemView,
    responses={
        201: {"description": "新建的草稿", "model": ItemView},
        **refuses(Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="起草事项",
    description="管理员或负责人起草事项的下一个版本；发布以前，办件仍按已发布的版本办理。",
)
async def draft_item(
    code: ItemPath,
    version_read: Annotated[int | None, Depends(_version_read)],
    body: ItemIn,
    context: Editor,
    org: CatalogOrg = None,
) -> Response:
    """Draft the next version of a service item."""
    if body.code != code:
        where = FieldError("/code", "code_differs", "应与地址中的编码相同")
        raise CodeDiffers("事项编码与地址中的不一致。", errors=[where])
    command = DraftItem(org or context.actor.org, body.content(), context.cause, expected=version_read)
    return await context.submit(command, ItemView.of_draft, status=201 if version_read is None else 200)


@router.post(
    "/catalog/items/{code}/publish",
    response_model=ItemView,
    responses=refuses(NotFound, Forbidden, Conflict),
    summary="发布事项",
    description="管理员或负责人发布草稿；承诺时限不得长于法定时限，联合办理至少两个条线并有一个主办。",
)
async def publish_item(code: ItemPath, context: Editor, org: CatalogOrg = None) -> Response:
    """Publish the draft of a service item."""
    return await context.submit(PublishItem(org or context.actor.org, code, context.cause), ItemView.of_published)


@router.post(
    "/catalog/items/{code}/retire",
    response_model=ItemView,
    responses=refuses(NotFound, Forbidden, Conflict),
    summary="停用事项",
    description="管理员或负责人停用事项：不再登记新的办件，已登记的照常办理。",
)
async def retire_item(code: ItemPath, context: Editor, org: CatalogOrg = None) -> Response:
    """Retire a service item."""
    return await context.submit(RetireItem(org or context.actor.org, code, context.cause), ItemView.of_retired)


_YAML_ALIASES = ("application/x-yaml", "text/yaml")
_YAML_EXAMPLE = """\
items:
- code: MZ-003
  name: 临时救助（小额）
  category: civil
  item_type: "05"
  lodge_at: [station, center]
  decide_level: center
  mode: promised
  materials: [[居民身份证, oc, applicant, 1]]
  promise: {value: 5, unit: workday}
"""


@router.post(
    "/catalog/import",
    response_model=ImportedView,
    responses=refuses(Forbidden, Conflict),
    openapi_extra=takes_files({"application/yaml": _YAML_EXAMPLE}, json=CatalogIn, also=_YAML_ALIASES),
    summary="导入事项目录",
    description="管理员或负责人导入一份事项目录（YAML 或 JSON），全部成功或全部不导入；错误逐条指出行号。"
    "内容没有变化的事项不产生新版本。",
)
async def import_catalog(
    request: Request,
    context: Editor,
    org: CatalogOrg = None,
    publish: Annotated[bool, Query(description="导入后立即发布；不填只存为草稿")] = False,
) -> Response:
    """Import service items, all or none."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    where = org or context.actor.org
    check_catalog(context.actor, where)
    read = import_file.read_json if media.endswith("json") else import_file.read_yaml
    contents = await context.parse(read, await request.body())
    items = tuple(ImportItem(where, content, publish, context.cause) for content in contents)
    return await context.submit(ImportCatalog(items, context.cause), ImportedView.of)
