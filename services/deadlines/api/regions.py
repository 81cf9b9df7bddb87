"""Whether a region is there, and who may publish for it."""

from bianmin.domain.divisions import level_of
from bianmin.domain.identifiers import BadCode
from bianmin.kit.db import Tx
from bianmin.kit.endpoints import RequestContext, check_if_match
from bianmin.kit.refusals import FieldError, Forbidden, Invalid, NotFound
from services.deadlines.domain.calendar.regions import ALWAYS_KNOWN, NATIONAL
from services.deadlines.store import documents, orgs
from services.deadlines.store.documents import Kind


class RegionNotFound(NotFound):
    slug, title = "region-not-found", "没有这个地区"


class RegionDiffers(Invalid):
    slug, title = "region-differs", "这是另一个地区的内容"


def check_own(region: str, theirs: str | None) -> None:
    """What is read of a region without anything of its own is that of the one above it: sent back, it would be frozen
    there. Raises `RegionDiffers`."""
    if theirs not in (None, region):
        told = f"这是 {theirs} 的内容，照抄则不再随上级更新；请只写 {region} 自己另行规定的部分，并去掉 region"
        raise RegionDiffers(f"{told}。", errors=[FieldError("/region", "region_differs", told)])


async def region_known(tx: Tx, region: str) -> None:
    """Raises `RegionNotFound` where nobody knows the region."""
    if region not in ALWAYS_KNOWN and not await _is_known(tx, region):
        raise RegionNotFound("没有这个地区；应为 CN，或已导入的机构的区划代码。")


async def version_seen(if_match: str | None, kind: Kind, region: str, context: RequestContext) -> int | None:
    """The version of a region's document that the writer has seen, and may replace. Asked before the body is judged."""
    async with context.read() as tx:
        await region_known(tx, region)
        found = await documents.own(tx, kind, region)
    if region == NATIONAL:
        raise Forbidden("全国没有统一的规定；请按省或以下的地区公布。")
    if not context.actor.covers(region):
        raise Forbidden("只能公布本辖区的规定；其他地区的，请联系该地区或其上级的管理员。")
    version = found.version if found else None
    check_if_match(if_match, version)
    return version


async def _is_known(tx: Tx, region: str) -> bool:
    try:
        level_of(region)
    except BadCode:
        return False
    return await orgs.is_known(tx, region)
