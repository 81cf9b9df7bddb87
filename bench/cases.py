"""`POST /cases` with everything on, against the same request answered without storing anything."""

import asyncio
from itertools import cycle
from typing import Any

from bench import county
from bench.environment import Environment, connected, until
from bench.figures import Figure, Goal, ratios
from bench.http import Connection, prepared
from bench.proc import Cpu
from bench.server import NOTHING_STORED

GOAL = Goal("most", 2.5, "×")
CLIENTS = 32


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Rounds of both in turn, at one process (`serve intake` with its relay). A round of registrations ends when the
    relay has published them and their rows are gone, so their whole way into the log is counted."""
    rounds, requests = (3, 1000) if quick else (9, 1500)
    url = await environment.new_database()
    stored: list[Cpu] = []
    answered: list[Cpu] = []
    async with environment.serving(url, "intake", profile=environment.profile) as served, connected(url) as watch:
        meter = environment.meter(served.process.pid)
        clients = [await Connection.open(served.port) for _ in range(CLIENTS)]
        kinds = [(stored, _requests(environment, "/cases")), (answered, _requests(environment, NOTHING_STORED))]
        for _, prepared_requests in kinds:
            await _crowd(clients, prepared_requests, requests)
        await _published(watch)
        for number in range(rounds):
            for costs, prepared_requests in kinds if number % 2 else reversed(kinds):
                before = meter.cpu()
                await _crowd(clients, prepared_requests, requests)
                await _published(watch)
                costs.append(meter.cpu() - before)
        for client in clients:
            await client.close()
    spread = ratios([cost.total for cost in stored], [cost.total for cost in answered])
    count = rounds * requests
    one, other = sum(stored, Cpu(0, 0)), sum(answered, Cpu(0, 0))
    detail = f"每次 {one.apiece(count)}，不存 {other.apiece(count)}；{rounds} 轮 × {requests} 次"
    return [Figure("POST /cases，对比只校验不存", GOAL, spread.middle, spread, detail)]


def _requests(environment: Environment, path: str) -> list[tuple[bytes, bytes]]:
    """One a station, from its own window."""
    return [
        prepared("POST", path, county.headers(environment.tokens, "window", station), county.a_registration(station))
        for station in county.STATIONS
    ]


async def _crowd(clients: list[Connection], kinds: list[tuple[bytes, bytes]], count: int) -> None:
    """Each client sends its next request as soon as it is answered, until `count` were sent."""
    waiting = iter(range(count))

    async def client(connection: Connection, before: bytes, after: bytes) -> None:
        for _ in waiting:
            await county.ask(connection, before, after)

    await asyncio.gather(*(client(one, *kind) for one, kind in zip(clients, cycle(kinds), strict=False)))


async def _published(watch: Any) -> None:
    await until(lambda: watch.fetchval("SELECT NOT EXISTS (SELECT FROM intake.outbox)"))
