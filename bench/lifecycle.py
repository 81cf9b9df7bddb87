"""The life of a case over HTTP by 200 clients, against eight requests that store nothing.

Register, accept, read the route, receive, complete, read the route, deliver, track: eight requests, one deciding step.
All services run in one process, as in `bianmin up`. A round ends when every event has reached all services, so that
the whole way of a case is counted. CPU time of the server and of PostgreSQL, as everywhere in the bench.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from bench import county, stored_cases
from bench.environment import ALL, Environment, connected, wait_until_settled
from bench.figures import Figure, Goal, ratios
from bench.http import Connection, prepare_request
from bench.proc import Cpu, Meter
from bench.server import NOTHING_STORED

GOAL = Goal("most", 5, "×")
STORED_GOAL = Goal("least", 90, "%")
CLIENTS = 200
REQUESTS = 8
ROUTE_WAIT = 1.0
"""Seconds before a client looks for the route, and between two looks. A look that comes too early is counted apart."""


@dataclass(slots=True)
class Load:
    """What one round cost. `extra`: looks for a route that was not there yet."""

    cpu: Cpu
    seconds: float
    extra: int = 0


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Rounds of both in turn; then, where closed cases are asked for, the same story among them."""
    rounds, cases = (2, 400) if quick else (5, 600)
    async with _served(environment, 0) as (story, meter, _):
        figures = [await _against_nothing_stored(story, meter, rounds, cases)]
        if not environment.stored:
            return figures
        alone = await _rates(story, meter, rounds, cases)
    async with _served(environment, environment.stored) as (story, meter, _):
        among = await _rates(story, meter, rounds, cases)
    spread = ratios(among, alone, scale=100)
    title = f"同样的全过程，已有 {environment.stored} 件办结：速度之比"
    detail = f"空库每秒 {max(alone):.0f} 件，有存量每秒 {max(among):.0f} 件"
    return [*figures, Figure(title, STORED_GOAL, spread.middle, spread, detail)]


@asynccontextmanager
async def _served(environment: Environment, stored: int) -> AsyncIterator[tuple["Story", Meter, Any]]:
    url = await environment.new_database()
    async with connected(url) as watch:
        async with environment.serving(url, *ALL) as served:
            story = await Story.open(environment, served.port, watch)
            await story.cases(CLIENTS)
            await story.close()
        if stored:
            await stored_cases.multiply(url, stored)
        async with environment.serving(url, *ALL, profile=environment.profile) as served:
            story = await Story.open(environment, served.port, watch)
            await story.cases(CLIENTS)
            yield story, environment.meter(served.process.pid), watch
            await story.close()


async def _against_nothing_stored(story: "Story", meter: Meter, rounds: int, cases: int) -> Figure:
    case_loads: list[Load] = []
    answers: list[Load] = []
    await story.answers(CLIENTS)
    for number in range(rounds):
        kinds = [(case_loads, story.cases), (answers, story.answers)]
        for loads, run in kinds if number % 2 else reversed(kinds):
            loads.append(await _loaded(meter, run, cases))
    spread = ratios([load.cpu.total for load in case_loads], [load.cpu.total for load in answers])
    count = rounds * cases
    case, answer = (sum((load.cpu for load in loads), Cpu(0, 0)) for loads in (case_loads, answers))
    seconds = sum(load.seconds for load in case_loads)
    detail = f"每件 {case.per_item(count)}，八次不存 {answer.per_item(count)}；{rounds} 轮 × {cases} 件，"
    detail += f"每秒 {count / seconds:.0f} 件；另有 {sum(load.extra for load in case_loads)} 次提前读取路线"
    return Figure("一件办件的全过程，对比八次只校验不存", GOAL, spread.middle, spread, detail)


async def _rates(story: "Story", meter: Meter, rounds: int, cases: int) -> list[float]:
    """Cases per second of CPU time, by round."""
    return [cases / (await _loaded(meter, story.cases, cases)).cpu.total for _ in range(rounds)]


async def _loaded(meter: Meter, run: Callable[[int], Awaitable[int]], count: int) -> Load:
    before, started = meter.cpu(), perf_counter()
    extra = await run(count)
    return Load(meter.cpu() - before, perf_counter() - started, extra)


class Story:
    """Clients over kept connections, and what they send."""

    def __init__(self, environment: Environment, clients: Sequence[Connection], watch: Any) -> None:
        self._clients = clients
        self._watch = watch
        windows = [county.headers(environment.tokens, "window", station) for station in county.STATIONS]
        registrations = [county.registration_body(station) for station in county.STATIONS]
        self._registering = [
            prepare_request("POST", "/cases", *given) for given in zip(windows, registrations, strict=True)
        ]
        self._checking = [
            prepare_request("POST", NOTHING_STORED, *given) for given in zip(windows, registrations, strict=True)
        ]
        self._windows = windows
        self._center = county.headers(environment.tokens, "window", county.CENTER)
        self._clerk = county.headers(environment.tokens, "department", county.CENTER, dept=county.DEPT)

    @classmethod
    async def open(cls, environment: Environment, port: int, watch: Any) -> "Story":
        return cls(environment, [await Connection.open(port) for _ in range(CLIENTS)], watch)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def answers(self, count: int) -> int:
        """`count` times eight requests that store nothing."""

        async def eight(client: Connection, number: int) -> int:
            for _ in range(REQUESTS):
                await county.ask(client, *self._checking[number % len(self._checking)])
            return 0

        return await self._shared(count, eight)

    async def cases(self, count: int) -> int:
        """`count` cases from registration to delivery, until every event has arrived. Returns the early looks."""
        extra = await self._shared(count, self._case)
        await wait_until_settled(self._watch)
        return extra

    async def _shared(self, count: int, one: Callable[[Connection, int], Awaitable[int]]) -> int:
        numbers = iter(range(count))

        async def client(connection: Connection) -> int:
            return sum([await one(connection, number) for number in numbers])

        return sum(await asyncio.gather(*map(client, self._clients)))

    async def _case(self, client: Connection, number: int) -> int:
        at = number % len(self._windows)
        case = await county.ask(client, *self._registering[at])
        path = f"/cases/{case['id']}"
        await county.ask(client, *prepare_request("POST", f"{path}/accept", self._center))
        look = b"".join(prepare_request("GET", f"{path}/route", self._clerk))
        early = 0
        await asyncio.sleep(ROUTE_WAIT)
        while (found := await client.ask(look))[0] == 404:
            early += 1
            await asyncio.sleep(ROUTE_WAIT)
        [step] = json.loads(found[1])["steps"]
        task = f"/tasks/{step['id']}"
        await county.ask(client, *prepare_request("POST", f"{task}/receive", self._clerk))
        await county.ask(
            client, *prepare_request("POST", f"{task}/complete", self._clerk, {"opinion": "grant", "note": "属实"})
        )
        await client.ask(look)
        delivery = {"method": "in_person", "signed_by": "张小三"}
        await county.ask(client, *prepare_request("POST", f"{path}/deliver", self._windows[at], delivery))
        query = f"/track?case_no={case['case_no']}&id_tail=000X"
        status, _ = await client.ask(b"".join(prepare_request("GET", query, self._windows[at])))
        if status != 200:
            raise county.UnexpectedAnswer(f"track: {status}")
        return early
