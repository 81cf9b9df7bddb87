"""`bianmin parked`: list, replay and discard events and timer commands that nobody could process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bianmin.kit import parked
from bianmin.kit.db import Database
from bianmin.kit.settings import Settings
from command.deployment import open_deployment
from command.options import Data, run, settings_or_exit

app = typer.Typer(
    no_args_is_help=True,
    help="搁置的事件：无法处理的事件不会挡住别人，搁置在这里等人处理。",
)
Service = Annotated[str | None, typer.Option(help="只看一个服务")]


@app.command("list")
def list_parked(
    service: Service = None,
    everything: Annotated[bool, typer.Option("--all", help="连同排在后面等候的")] = False,
    data: Data = None,
) -> None:
    """列出搁置和等候中的事件，先来的在前。"""
    run(_list(settings_or_exit(data=data), service, everything))


@app.command()
def replay(
    service: Annotated[str, typer.Argument(help="哪个服务")],
    ids: Annotated[list[int] | None, typer.Argument(help="事件编号（list 第一列）；不填为全部")] = None,
    data: Data = None,
) -> None:
    """原因排除后再试一次；正在运行的服务一两秒内处理。"""
    run(_replay(settings_or_exit(data=data), service, ids))


@app.command()
def discard(
    service: Annotated[str, typer.Argument(help="哪个服务")],
    ids: Annotated[list[int], typer.Argument(help="事件编号（list 第一列）")],
    data: Data = None,
) -> None:
    """放弃这些事件（留有记录），排在后面的继续处理。"""
    run(_discard(settings_or_exit(data=data), service, ids))


async def _list(settings: Settings, service: str | None, everything: bool) -> None:
    table = Table("编号", "服务", "类型", "来源", "对象", "序号", "状态", "原因", "尝试", "自")
    async with _databases(settings) as databases:
        for name, database in databases.items():
            if service in (None, name):
                for each in await parked.listed(database, behind=everything):
                    table.add_row(
                        str(each.id),
                        name,
                        each.type,
                        each.source,
                        each.subject,
                        str(each.sequence),
                        each.state,
                        each.reason,
                        str(each.attempts),
                        f"{each.held_at:%m-%d %H:%M:%S}",
                    )
    Console().print(table if table.row_count else "没有搁置的事件。")


async def _replay(settings: Settings, service: str, ids: list[int] | None) -> None:
    async with _databases(settings) as databases:
        count = await parked.replay(_database_of(databases, service), ids)
    Console().print(f"{count} 个事件将再试一次。")


async def _discard(settings: Settings, service: str, ids: list[int]) -> None:
    async with _databases(settings) as databases:
        count = await parked.discard(_database_of(databases, service), ids)
    Console().print(f"放弃了 {count} 个事件。")


@asynccontextmanager
async def _databases(settings: Settings) -> AsyncIterator[dict[str, Database]]:
    """Open the databases of all services. Raises `NewerThanProgram`, `NotMigrated`."""
    async with open_deployment(settings) as deployment:
        await deployment.require_schemas()
        async with deployment.databases() as databases:
            yield databases


def _database_of(databases: dict[str, Database], service: str) -> Database:
    if service not in databases:
        raise typer.BadParameter(f"没有服务 {service}；可用：{'、'.join(databases)}")
    return databases[service]
