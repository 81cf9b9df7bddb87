"""`bianmin reconcile`: print whether events were lost, repeated or put out of order."""

from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bianmin.kit import logs
from bianmin.kit.embedded import EmbeddedError
from bianmin.kit.migrations import NewerThanProgram, NotMigrated
from bianmin.kit.reconcile import Reconciliation, reconcile
from bianmin.kit.settings import Settings
from command.deployment import SERVICES, open_deployment
from command.options import errors
from command.output import print_document

SHOWN = 50
"""Differences in the table; `--json` prints all."""


async def print_differences(settings: Settings, *, as_json: bool) -> int:
    """Compare all databases and the event log, print the result, and return the exit code.

    0: no difference; 1: differences; 2: the comparison failed.
    """
    logs.setup("WARNING", json=False)
    try:
        async with (
            open_deployment(settings) as deployment,
            deployment.databases() as databases,
            deployment.log() as event_log,
        ):
            await deployment.require_schemas()
            report = await reconcile(SERVICES, databases, event_log)
    except (EmbeddedError, NewerThanProgram, NotMigrated):
        raise
    except Exception as error:
        errors.print(f"无法核对（{type(error).__name__}）：请先运行 bianmin doctor。")
        return 2
    if as_json:
        print_document(asdict(report))
    else:
        _print_report(report)
    return 1 if report.differences else 0


def _print_report(report: Reconciliation) -> None:
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
