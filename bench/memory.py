"""Memory of an idle `bianmin up` with its private PostgreSQL."""

import asyncio
import sys

from bench.environment import Environment, free_port, postmaster_of, running_server
from bench.figures import Figure, Goal
from bench.proc import Meter

GOAL = Goal("most", 400, "MB")


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Start the command on an empty data directory and measure its memory some seconds after it is ready."""
    seconds = 5 if quick else 20
    data, port = environment.home / "up", free_port()
    command = [sys.executable, "-m", "command.app", "up", "--port", str(port), "--data", str(data)]
    async with running_server(command, port, environment.home / "up.log") as served:
        await asyncio.sleep(seconds)
        server, database = Meter(served.process.pid, postmaster_of(data / "postgres")).memory()
    detail = f"服务 {server:.0f} MB + PostgreSQL {database:.0f} MB（PSS，就绪后 {seconds} 秒）"
    return [Figure("bianmin up 空闲时的内存，含数据库", GOAL, server + database, detail=detail)]
