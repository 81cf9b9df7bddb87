"""Databases and topics, before services start."""

from rich.console import Console

from bianmin.kit.settings import Settings
from command.deployment import SERVICES, opened


async def prepare(settings: Settings, target: str) -> None:
    """Migrate the databases of all services, or of one, or make the topics; `all` does everything."""
    console = Console()
    async with opened(settings) as deployment:
        for service in SERVICES:
            if target in ("all", "databases", service.name):
                await deployment.migrate([service])
                console.print(f"{service.name}：数据库结构已是最新")
        if target in ("all", "topics"):
            await deployment.make_topics()
            console.print("事件主题已就绪")
