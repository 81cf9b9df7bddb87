"""`/orgs`: the tree of orgs, their offices and their staff."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from bianmin.events.parts import Dept
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import IfMatch, RequestContext, check_if_match, context_for, respond
from bianmin.kit.fields import DEPT_VALUES, OFFICE_ORG
from bianmin.kit.file_bodies import takes_files
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api import division_file
from services.routing.api.bodies.directory import DivisionsIn, OfficeIn, OrgIn, StaffIn
from services.routing.api.parameters import OrgPath
from services.routing.api.views.directory import ImportedOrgsView, OfficeView, OrgSummaryView, OrgView, StaffView
from services.routing.domain.directory.divisions import ImportOrgs
from services.routing.domain.directory.editing import EditOrg, OpenOffice
from services.routing.domain.directory.org import NotYourOrg, Org, OrgNotFound, OrgOffice
from services.routing.domain.directory.staff import AddStaff, StaffMember
from services.routing.store.queries import directory

router = staff_router("routing")

Anybody = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]
Editor = Annotated[RequestContext, context_for("admin", "manager")]
Colleague = Annotated[
    RequestContext, context_for("agent", "window", "department", "manager", "supervisor", "investigator", "admin")
]

_CSV = "text/csv"
_CSV_EXAMPLE = "code,level,name\n52,province,贵州省\n5201,city,贵阳市\n520123,county,修文县\n"


@router.post(
    "/orgs/import",
    response_model=ImportedOrgsView,
    responses=refuses(MalformedRequest, Forbidden),
    summary="导入行政区划",
    description="管理员导入本辖区的行政区划：CSV（RFC 4180，UTF-8，表头 `code,level,name`）或同样内容的 JSON。"
    "全部成功或全部不导入，错误逐条指出行号。没有变化的机构不发出事件；名单中没有的机构保持原样。",
    openapi_extra=takes_files({_CSV: _CSV_EXAMPLE}, json=DivisionsIn),
)
async def import_orgs(request: Request, context: Admin) -> Response:
    """Import administrative divisions, all or none."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    read = division_file.read_csv if media == _CSV else division_file.read_json
    divisions = await context.parse(read, await request.body())
    return await context.submit(ImportOrgs(divisions, context.cause), ImportedOrgsView.model_validate)


@router.get(
    "/orgs",
    response_model=Page[OrgSummaryView],
    responses=refuses(),
    summary="机构目录",
    description="登录的人都可以查看机构目录：省、市州、县、乡镇、村和服务点，按区划代码排列。",
)
async def list_orgs(
    context: Anybody,
    parent: Annotated[
        OrgCode | None, Query(description="只要这个机构的直接下级，区划代码", examples=[OFFICE_ORG])
    ] = None,
    org: Annotated[OrgCode | None, Query(description="只要这个区划及下级，区划代码", examples=["5201"])] = None,
    q: Annotated[
        str | None, Query(min_length=1, max_length=60, description="名称中的字，1 至 60 字", examples=["六广"])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List orgs by their division codes."""
    async with context.read() as tx:
        filters = directory.OrgFilter(parent, org, q)
        page, following = await directory.list_orgs(tx, filters, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[OrgSummaryView.model_validate(listed) for listed in page], next_cursor=following))


@router.get(
    "/orgs/{code}",
    response_model=OrgView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="查看机构",
    description="登录的人都可以查看一个机构：级别、名称、上级、下设的办理单位。答复的 ETag 供更改名称时用。",
)
async def get_org(code: OrgPath, context: Anybody) -> Response:
    """Return an org with its offices."""
    org = await _existing_org(context, code)
    return respond(OrgView.model_validate(org), org.version)


async def _existing_org(context: RequestContext, code: str) -> Org:
    async with context.read() as tx:
        org = await directory.read_org(tx, code)
    if org is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    return org


async def _version_read(code: OrgPath, context: Admin, if_match: IfMatch = None) -> int | None:
    """The version that the writer has read; checked before the body."""
    async with context.read() as tx:
        version = await directory.version_of_org(tx, code)
    check_if_match(if_match, version)
    return version


@router.put(
    "/orgs/{code}",
    response_model=OrgView,
    responses={
        201: {"description": "新设的机构", "model": OrgView},
        **refuses(Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="设立或更名机构",
    description="管理员在本辖区新设一个机构（201），或更改机构名称（200，须带 If-Match）。级别须与代码长度一致，"
    "上级机构须已存在；读取时的答复可以原样带回。",
)
async def put_org(
    code: OrgPath, version: Annotated[int | None, Depends(_version_read)], body: OrgIn, context: Admin
) -> Response:
    """Create an org, or change its name."""
    command = EditOrg(code, body.level, body.name, version, context.cause)
    return await context.submit(command, OrgView.model_validate, status=201 if version is None else 200)


@router.get(
    "/orgs/{code}/offices",
    response_model=Page[OfficeView],
    responses=refuses(NotFound),
    summary="办理单位列表",
    description="登录的人都可以查看一个机构的全部办理单位，不分页。村站和服务点自身就是办理单位，列表为空。",
)
async def list_offices(code: OrgPath, context: Anybody) -> Response:
    """List all offices of an org."""
    org = await _existing_org(context, code)
    return respond(Page(items=[OfficeView.model_validate(office) for office in org.offices]))


@router.post(
    "/orgs/{code}/offices",
    status_code=201,
    response_model=OfficeView,
    responses=refuses(NotFound, Forbidden, Conflict),
    summary="设立办理单位",
    description="管理员或负责人在本辖区乡镇及以上的机构设立一个办理单位，一个条线一个；"
    "此后受理的事项按其类别交给对应条线的办理单位。已经设立的为 409。",
)
async def open_office(code: OrgPath, body: OfficeIn, context: Editor) -> Response:
    """Open an office of an org for one department line."""
    office = OrgOffice(body.dept, body.name, body.phone)

    def view(org: Org) -> OfficeView:
        return OfficeView.model_validate(org.office(body.dept))

    return await context.submit(OpenOffice(code, office, context.cause), view, status=201)


@router.get(
    "/orgs/{code}/staff",
    response_model=Page[StaffView],
    responses=refuses(NotFound, Forbidden),
    summary="人员列表",
    description="本机构及上级的工作人员查看一个机构的人员，按人员编号排列；部门工作人员只看本条线。群众和对接系统不能查看。",
)
async def list_staff(
    code: OrgPath,
    context: Colleague,
    dept: Annotated[Dept | None, Query(description=f"只要这个条线的人员：{DEPT_VALUES}", examples=["market"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the staff of an org."""
    actor = context.actor
    if not actor.covers(code) or (actor.dept is not None and dept not in (None, actor.dept)):
        raise NotYourOrg(f"只能查看本单位（{actor.org}）及下属机构、本条线的人员。")
    async with context.read() as tx:
        if await directory.version_of_org(tx, code) is None:
            raise OrgNotFound("没有这个机构；请核对区划代码。")
        page, following = await directory.list_staff(
            tx, code, actor.dept or dept, context.runtime.cursors, cursor, limit
        )
    return respond(Page(items=[StaffView.model_validate(member) for member in page], next_cursor=following))


@router.post(
    "/orgs/{code}/staff",
    status_code=201,
    response_model=StaffView,
    responses=refuses(NotFound, Forbidden, Conflict),
    summary="登记工作人员",
    description="管理员或负责人在本辖区的机构登记一名工作人员。目录说明谁在哪里；能办什么由其登录凭证决定。"
    "编号已被使用的为 409。",
)
async def add_staff(code: OrgPath, body: StaffIn, context: Editor) -> Response:
    """Add a member of staff to the directory."""
    member = StaffMember(
        id=body.id or str(new_id()),
        org=code,
        name=body.name,
        roles=tuple(body.roles),
        dept=body.dept,
        phone=body.phone,
    )
    return await context.submit(AddStaff(member, context.cause), StaffView.model_validate, status=201)
