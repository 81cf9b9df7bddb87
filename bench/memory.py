"""What `bianmin up` and its private PostgreSQL hold when nobody asks anything."""

import asyncio
import sys

from bench.environment import Environment, free_port, postmaster_of, started
from bench.figures import Figure, Goal
from bench.proc import Meter

GOAL = Goal("most", 400, "MB")


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """The command itself, on an empty data directory, ready and then left alone for a while."""
    seconds = 5 if quick else 20
    data, port = environment.home / "up", free_port()
    command = [sys.executable, "-m", "command.app", "up", "--port", str(port), "--data", str(data)]
    async with started(command, port, environment.home / "up.log") as served:
        await asyncio.sleep(seconds)
        server, database = Meter(served.process.pid, postmaster_of(data / "postgres")).memory()
    detail = f"服务 {server:.0f} MB + PostgreSQL {database:.0f} MB（PSS，就绪后 {seconds} 秒）"
    return [Figure("bianmin up 空闲时的内存，含数据库", GOAL, server + database, detail=detail)]
