"""`bianmin migrate`: prepare databases and topics before services start."""

from rich.console import Console

from bianmin.kit.settings import Settings
from command.deployment import SERVICES, open_deployment


async def prepare(settings: Settings, target: str) -> None:
    """Migrate the databases and create the topics that `target` names: `all`, `databases`, `topics` or one service.

    Raises `NewerThanProgram`.
    """
    console = Console()
    async with open_deployment(settings) as deployment:
        for service in SERVICES:
            if target in ("all", "databases", service.name):
                await deployment.migrate([service])
                console.print(f"{service.name}：数据库结构已是最新")
        if target in ("all", "topics"):
            await deployment.create_topics()
            console.print("事件主题已就绪")
