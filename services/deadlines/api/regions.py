"""Checks of the region in an address: whether it exists, and who may publish for it."""

from bianmin.domain.actors import Actor
from bianmin.domain.divisions import level_of
from bianmin.domain.identifiers import BadCode
from bianmin.kit.db import Tx
from bianmin.kit.endpoints import RequestContext, check_if_match
from bianmin.kit.refusals import FieldError, Forbidden, Invalid, NotFound
from services.deadlines.domain.calendar.regions import ALWAYS_KNOWN, NATIONAL
from services.deadlines.store import documents, orgs
from services.deadlines.store.documents import Kind


class RegionNotFound(NotFound):
    """The region is neither the country, nor the province, nor the code of a known org."""

    slug, title = "region-not-found", "没有这个地区"


class RegionDiffers(Invalid):
    """The body names another region than the address."""

    slug, title = "region-differs", "这是另一个地区的内容"


def check_region_of_body(region: str, in_body: str | None) -> None:
    """Raise `RegionDiffers` where a body names another region than the address.

    A GET for a region without a publication of its own returns that of a region above it. Sent back, it would become
    the region's own, and not follow the region above any more.
    """
    if in_body not in (None, region):
        detail = f"这是 {in_body} 的内容，照抄则不再随上级更新；请只写 {region} 自己另行规定的部分，并去掉 region"
        raise RegionDiffers(f"{detail}。", errors=[FieldError("/region", "region_differs", detail)])


async def check_region_exists(tx: Tx, region: str) -> None:
    """Raise `RegionNotFound` unless the region is the country, the province, or the code of a known org."""
    if region not in ALWAYS_KNOWN and not await _is_org(tx, region):
        raise RegionNotFound("没有这个地区；应为 CN，或已导入的机构的区划代码。")


def check_publishes_for_all(actor: Actor) -> None:
    """Raise `Forbidden` where the actor acts for one department: what is published holds for every department."""
    if actor.dept is not None:
        raise Forbidden("日历、开放时间和策略对所有部门都有效，由不限部门的管理员公布；请联系本单位的管理员。")


async def check_may_publish(if_match: str | None, kind: Kind, region: str, context: RequestContext) -> int | None:
    """Return the version of the region's document that the writer has read; None where there is none.

    Raises `RegionNotFound`; `Forbidden` where the actor's subtree does not have the region, or he acts for a department
    alone; `PreconditionRequired` and `Stale` where `if_match` is not the present version.
    """
    async with context.read() as tx:
        await check_region_exists(tx, region)
        found = await documents.own(tx, kind, region)
    if region == NATIONAL:
        raise Forbidden("全国没有统一的规定；请按省或以下的地区公布。")
    check_publishes_for_all(context.actor)
    if not context.actor.covers(region):
        raise Forbidden("只能公布本辖区的规定；其他地区的，请联系该地区或其上级的管理员。")
    version = found.version if found else None
    check_if_match(if_match, version)
    return version


async def _is_org(tx: Tx, region: str) -> bool:
    try:
        level_of(region)
    except BadCode:
        return False
    return await orgs.is_known(tx, region)
