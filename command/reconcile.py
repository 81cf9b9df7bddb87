"""`bianmin reconcile`."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bianmin.kit import logs
from bianmin.kit.reconcile import Report, reconcile
from bianmin.kit.settings import Settings
from command.deployment import SERVICES, opened

SHOWN = 50


async def compare(settings: Settings, *, as_json: bool) -> int:
    """0 when nothing is lost, doubled or out of order; 1 with the differences."""
    logs.setup("WARNING", json=False)
    async with opened(settings) as deployment, deployment.databases() as databases, deployment.log() as event_log:
        report = await reconcile(SERVICES, databases, event_log)
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _show(report)
    return 1 if report.differences else 0


def _show(report: Report) -> None:
    console = Console()
    console.print(
        f"核对了 {report.subjects} 个对象的 {report.events} 个事件：待发布 {report.on_their_way}，"
        f"暂存 {report.held}，重复投递（已忽略）{report.repeated}",
        highlight=False,
    )
    kinds = [each.kind for each in report.differences]
    console.print(
        f"丢失 {kinds.count('lost')}，重复 {kinds.count('doubled')}，乱序 {kinds.count('out of order')}，"
        f"超前 {kinds.count('ahead')}，不可读 {kinds.count('unreadable')}",
        highlight=False,
    )
    if report.differences:
        table = Table("问题", "位置", "来源", "对象", "说明")
        for each in report.differences[:SHOWN]:
            table.add_row(each.kind, each.where, each.source, each.subject, each.detail)
        console.print(table)
        if len(report.differences) > SHOWN:
            console.print(f"另有 {len(report.differences) - SHOWN} 条；用 --json 查看全部。", highlight=False)
