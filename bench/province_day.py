"""A share of a province's working day: cases at all 17,964 stations of Guizhou, in every mode there is, and complaints.

Each service runs in a process of its own, as in production, so that its CPU time can be measured apart. A whole
day is 360,000 cases. The figure is the minutes that the whole day would take on this machine, clients included.
"""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from time import perf_counter
from typing import Any

from bench import county
from bench.environment import ALL, Environment, connected, wait_until_settled
from bench.figures import Figure, Goal
from bench.http import Connection, prepare_request

CASES_A_DAY = 360_000
COMPLAINTS_A_HUNDRED = 1
CLIENTS = 64
WAIT = 0.5
"""Seconds between two looks for something that events have yet to bring."""
GOAL = Goal("most", 480, "min")  # a day of eight hours must hold it
DIVISIONS = files("bench") / "data" / "guizhou-divisions.csv.gz"

_ITEM = """- code: {code}
  name: {name}
  category: {dept}
  item_type: "05"
  lodge_at: [station, center]
  decide_level: {level}
  mode: {mode}
  materials: [[居民身份证, oc, applicant, 1], [居民户口簿, oc, applicant, 1]]
  promise: {{value: {days}, unit: {unit}, conf: L}}
"""
_ITEMS: Mapping[str, dict[str, Any]] = {
    "direct": {
        "code": "CZ-901",
        "name": "村级证明",
        "dept": "living",
        "level": "station",
        "days": 0,
        "unit": "immediate",
    },
    "promised": {
        "code": "MZ-901",
        "name": "临时救助",
        "dept": "civil",
        "level": "center",
        "days": 5,
        "unit": "workday",
    },
    "report_up": {
        "code": "MZ-902",
        "name": "最低生活保障",
        "dept": "civil",
        "level": "county",
        "days": 20,
        "unit": "workday",
    },
}
_SHARES = {"direct": 45, "promised": 25, "report_up": 30}


def divisions() -> bytes:
    """Return the province's divisions as CSV, `code,level,name`: 19,572 rows."""
    return gzip.decompress(DIVISIONS.read_bytes())


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Play the share of the day once; minutes for the whole, CPU per case by service, events."""
    cases = max(100, round(CASES_A_DAY * environment.share / (4 if quick else 1)))
    url = await environment.empty_database()
    async with _processes(environment, url) as province, connected(url) as watch:
        await province.prepare()
        await wait_until_settled(watch)
        meters = {name: environment.meter(served.pid) for name, served in province.processes.items()}
        before = {name: meter.cpu() for name, meter in meters.items()}
        events = await _events(watch)
        started = perf_counter()
        complaints = await province.day(cases)
        await wait_until_settled(watch)
        seconds = perf_counter() - started
        used = {name: meters[name].cpu() - before[name] for name in meters}
        events = await _events(watch) - events
    database = used[ALL[0]].database
    parts = [f"{name} {1000 * each.server / cases:.1f}" for name, each in used.items()]
    detail = f"{cases} 件办件、{complaints} 件投诉，{seconds:.0f} 秒；每件 CPU 毫秒：{'、'.join(parts)}、"
    detail += f"PostgreSQL {1000 * database / cases:.1f}；事件 {events} 个"
    return [Figure("全省一个工作日（36 万件）", GOAL, seconds * CASES_A_DAY / cases / 60, detail=detail)]


async def _events(watch: Any) -> int:
    return int(await watch.fetchval("SELECT coalesce(sum(next_offset), 0) FROM log.partition"))


@dataclass(frozen=True, slots=True)
class Process:
    """A server process of one service."""

    pid: int
    port: int


@asynccontextmanager
async def _processes(environment: Environment, url: str) -> AsyncIterator["Province"]:
    async with AsyncExitStack() as stack:
        processes = {}
        for name in ALL:
            served = await stack.enter_async_context(environment.serving(url, name))
            processes[name] = Process(served.process.pid, served.port)
        province = Province(environment, processes)
        yield province
        await province.close()


@dataclass
class Client:
    """One person at a desk after the other, with a kept connection to every service."""

    connections: Mapping[str, Connection]

    async def ask(self, service: str, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Any:
        """Return the answer of a service. Raises `UnexpectedAnswer` unless it is 200 or 201."""
        return await county.ask(self.connections[service], *prepare_request(method, path, headers, body))

    async def ask_until(self, service: str, path: str, headers: Mapping[str, str]) -> Any:
        """Return what is at the path, as soon as it is there."""
        while True:
            try:
                return await self.ask(service, "GET", path, headers)
            except county.UnexpectedAnswer:
                await asyncio.sleep(WAIT)


@dataclass
class Province:
    """The desks of the province and what happens at them."""

    environment: Environment
    processes: Mapping[str, Process]
    stations: Sequence[str] = ()
    clients: list[Client] = field(default_factory=list)

    async def close(self) -> None:
        """Close all connections."""
        for client in self.clients:
            for connection in client.connections.values():
                await connection.close()

    async def prepare(self) -> None:
        """Import divisions and catalog, open the offices of every township and county, add investigators."""
        text = divisions()
        codes = [line.split(",")[0] for line in text.decode().splitlines()[1:]]
        self.stations = [code for code in codes if len(code) == 12]
        self.clients = [await self._client() for _ in range(CLIENTS)]
        first = self.clients[0]
        await first.ask("routing", "POST", "/orgs/import", self._person("admin", "52", media="text/csv"), text)
        await self._all(
            [code for code in codes if len(code) in (6, 9)],
            lambda client, org: client.ask(
                "routing",
                "POST",
                f"/orgs/{org}/offices",
                self._person("admin", "52"),
                {"dept": "civil", "name": "民政"},
            ),
        )
        await self._all(
            [code for code in codes if len(code) == 6],
            lambda client, org: client.ask(
                "routing",
                "POST",
                f"/orgs/{org}/staff",
                self._person("admin", "52"),
                {"id": f"investigator-{org}", "name": "调查员", "roles": ["investigator"]},
            ),
        )
        catalog = "items:\n" + "".join(_ITEM.format(mode=mode, **item) for mode, item in _ITEMS.items())
        admin = self._person("admin", "52", media="application/yaml")
        await first.ask("intake", "POST", "/catalog/import?org=52&publish=true", admin, catalog.encode())

    async def _client(self) -> Client:
        return Client({name: await Connection.open(process.port) for name, process in self.processes.items()})

    async def day(self, cases: int) -> int:
        """Play that many cases, spread over all stations, and complaints about some; return how many complaints."""
        chance = random.Random(20261130)
        desks = [self.stations[n * len(self.stations) // cases % len(self.stations)] for n in range(cases)]
        chance.shuffle(desks)
        modes = chance.choices(list(_SHARES), weights=list(_SHARES.values()), k=cases)
        complaints = cases * COMPLAINTS_A_HUNDRED // 100
        accused = set(chance.sample(range(cases), complaints))

        async def play(client: Client, number: int) -> None:
            desk = desks[number]
            await self._case(client, desk, modes[number])
            if number in accused:
                await self._complaint(client, desk)

        await self._all(range(cases), play)
        return complaints

    async def _all(self, things: Sequence[Any], act: Callable[[Client, Any], Awaitable[Any]]) -> None:
        waiting: Iterator[Any] = iter(things)

        async def one_client(client: Client) -> None:
            for thing in waiting:
                await act(client, thing)

        await asyncio.gather(*map(one_client, self.clients))

    async def _case(self, client: Client, desk: str, mode: str) -> None:
        window = self._person("window", desk)
        registration = {**county.registration_body(desk), "item_code": _ITEMS[mode]["code"]}
        registration["materials"] = registration["materials"][:2]
        case = await client.ask("intake", "POST", "/cases", window, registration)
        accepting = self._person("window", desk if mode == "direct" else desk[:9])
        await client.ask("intake", "POST", f"/cases/{case['id']}/accept", accepting)
        await asyncio.sleep(WAIT)
        route = await client.ask_until("routing", f"/cases/{case['id']}/route", accepting)
        for step in route["steps"]:
            office = step["office"]
            clerk = self._person("department", office["org"], office["dept"]) if office["dept"] else window
            task = f"/tasks/{step['id']}"
            await client.ask("routing", "POST", f"{task}/receive", clerk)
            opinion = "agree" if step["kind"] == "review" else "grant"
            await client.ask("routing", "POST", f"{task}/complete", clerk, {"opinion": opinion})
        if mode != "direct":
            delivery = {"method": "in_person", "signed_by": "张小三"}
            await client.ask("routing", "POST", f"/cases/{case['id']}/deliver", window, delivery)
        await client.ask("intake", "GET", f"/track?case_no={case['case_no']}&id_tail=000X", window)

    async def _complaint(self, client: Client, desk: str) -> None:
        center = desk[:9]
        above = center[:6]
        lodging = {
            "kind": "complaint",
            "subject": {"org": center},
            "anonymous": True,
            "text": "窗口没有人",
            "file_ids": [],
            "channel": "mobile",
        }
        complaint = await client.ask("complaints", "POST", "/complaints", self._person("citizen", center), lodging)
        path = f"/complaints/{complaint['id']}"
        head, investigator = self._person("manager", above), self._person("investigator", above)
        await client.ask("complaints", "POST", f"{path}/accept", head, {})
        await client.ask("complaints", "POST", f"{path}/assign", head, {"investigator": f"investigator-{above}"})
        conclusion = {
            "outcome": "supported",
            "facts": "属实",
            "reasons": "查明",
            "legal_basis": "《信访工作条例》第三十二条",
        }
        await client.ask("complaints", "POST", f"{path}/conclude", investigator, conclusion)
        await client.ask("complaints", "POST", f"{path}/reply", investigator, {"text": "已经处理。"})

    def _person(self, role: str, org: str, dept: str | None = None, media: str = "application/json") -> dict[str, str]:
        return county.headers(self.environment.tokens, role, org, media, dept=dept)
