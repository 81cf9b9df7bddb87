"""`POST /cases`, compared with the same request to an endpoint that stores nothing."""

import asyncio
from itertools import cycle
from typing import Any

from bench import county
from bench.environment import Environment, connected, wait_until
from bench.figures import Figure, Goal, ratios
from bench.http import Connection, prepare_request
from bench.proc import Cpu
from bench.server import NOTHING_STORED

GOAL = Goal("most", 2.5, "×")
CLIENTS = 32


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Measure both in alternating rounds on one process (`serve intake` with its relay).

    A round of registrations ends when the relay has published their events and deleted the rows.
    """
    rounds, requests = (3, 1000) if quick else (9, 1500)
    url = await environment.new_database()
    stored: list[Cpu] = []
    answered: list[Cpu] = []
    async with environment.serving(url, "intake", profile=environment.profile) as served, connected(url) as watch:
        meter = environment.meter(served.process.pid)
        clients = [await Connection.open(served.port) for _ in range(CLIENTS)]
        kinds = [(stored, _requests(environment, "/cases")), (answered, _requests(environment, NOTHING_STORED))]
        for _, prepared_requests in kinds:
            await _send(clients, prepared_requests, requests)
        await _published(watch)
        for number in range(rounds):
            for costs, prepared_requests in kinds if number % 2 else reversed(kinds):
                before = meter.cpu()
                await _send(clients, prepared_requests, requests)
                await _published(watch)
                costs.append(meter.cpu() - before)
        for client in clients:
            await client.close()
    spread = ratios([cost.total for cost in stored], [cost.total for cost in answered])
    count = rounds * requests
    one, other = sum(stored, Cpu(0, 0)), sum(answered, Cpu(0, 0))
    detail = f"每次 {one.per_item(count)}，不存 {other.per_item(count)}；{rounds} 轮 × {requests} 次"
    return [Figure("POST /cases，对比只校验不存", GOAL, spread.middle, spread, detail)]


def _requests(environment: Environment, path: str) -> list[tuple[bytes, bytes]]:
    """Return a request of the window of each station."""
    return [
        prepare_request(
            "POST", path, county.headers(environment.tokens, "window", station), county.registration_body(station)
        )
        for station in county.STATIONS
    ]


async def _send(clients: list[Connection], kinds: list[tuple[bytes, bytes]], count: int) -> None:
    """Send `count` requests. Each client sends its next one as soon as the last is answered."""
    waiting = iter(range(count))

    async def client(connection: Connection, before: bytes, after: bytes) -> None:
        for _ in waiting:
            await county.ask(connection, before, after)

    await asyncio.gather(
        *(client(connection, *request) for connection, request in zip(clients, cycle(kinds), strict=False))
    )


async def _published(watch: Any) -> None:
    await wait_until(lambda: watch.fetchval("SELECT NOT EXISTS (SELECT FROM intake.outbox)"))
