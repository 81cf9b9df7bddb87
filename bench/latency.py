"""From the POST that accepts a case to its clock and its place in the figures, at 50 cases a second.

All five services in one process, as in `bianmin up`. Cases come at fixed moments, whether or not those before them are
done (an open loop: who is slow gets no respite). Each is registered at a village and accepted at the township; its
time runs from the sending of its acceptance, the POST that starts clocks, to when both its clock (at deadlines) and its
acceptance (at reporting) are committed: from then on every GET shows them. Nobody asks for that moment again and again,
which would be a load of its own: triggers, in this database only, tell it with the commit.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import county
from bench.environment import ALL, Environment, connected, until
from bench.figures import Figure, Goal, percentile
from bench.http import Connection, prepared

GOAL_50 = Goal("most", 50, "ms")
GOAL_99 = Goal("most", 250, "ms")
RATE = 50
CONNECTIONS = 24

_TELL = """
CREATE FUNCTION public.bench_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bench', TG_ARGV[0] || ' ' || (to_jsonb(NEW) ->> TG_ARGV[1]));
    RETURN NULL;
END $$;
CREATE TRIGGER bench_tell AFTER INSERT ON deadlines.clock
    FOR EACH ROW WHEN (NEW.kind <> 'completeness') EXECUTE FUNCTION public.bench_tell('clock', 'subject_id');
CREATE TRIGGER bench_tell_first AFTER INSERT ON reporting.case_fact
    FOR EACH ROW WHEN (NEW.accepted_on IS NOT NULL) EXECUTE FUNCTION public.bench_tell('report', 'case_id');
CREATE TRIGGER bench_tell_later AFTER UPDATE ON reporting.case_fact
    FOR EACH ROW WHEN (OLD.accepted_on IS NULL AND NEW.accepted_on IS NOT NULL)
    EXECUTE FUNCTION public.bench_tell('report', 'case_id')
"""


@dataclass(slots=True)
class Watch:
    """When each case was seen where; the database tells."""

    seen: dict[tuple[str, str], float] = field(default_factory=dict)

    def tell(self, connection: Any, process: int, channel: str, told: str) -> None:
        where, case_id = told.split()
        self.seen.setdefault((where, case_id), time.perf_counter())

    def seen_everywhere(self, case_id: str) -> float:
        """When the last of its two places showed it; infinity while one does not."""
        return max(self.seen.get((place, case_id), math.inf) for place in ("clock", "report"))


@dataclass(slots=True)
class Sent:
    """When a case's acceptance was sent, and when it was answered."""

    case_id: str
    sent: float
    answered: float


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Some seconds of this load to warm up, then the time that counts."""
    seconds = 10 if quick else 30
    url = await environment.new_database()
    watch = Watch()
    async with environment.serving(url, *ALL, profile=environment.profile) as served, connected(url) as connection:
        await connection.execute(_TELL)
        await connection.add_listener("bench", watch.tell)
        desks = _Desks(environment, served.port)
        await desks.open()
        await _load(desks, 3 if quick else 10)
        meter = environment.meter(served.process.pid)
        before = meter.cpu()
        cases = await _load(desks, seconds)
        used = meter.cpu() - before
        await _all_seen(watch, cases)
        await desks.close()
    delays = [1000 * (watch.seen_everywhere(each.case_id) - each.sent) for each in cases]
    answers = [1000 * (each.answered - each.sent) for each in cases]
    detail = f"{len(cases)} 件，{RATE} 件/秒；受理请求本身的答复 p50 {percentile(answers, 0.5):.0f} ms、"
    detail += f"p99 {percentile(answers, 0.99):.0f} ms；"
    detail += f"占用服务 {used.server / seconds:.0%}、数据库 {used.database / seconds:.0%} 个核"
    return [
        Figure("受理到时限和统计可见，p50", GOAL_50, percentile(delays, 0.5), detail=detail),
        Figure("受理到时限和统计可见，p99", GOAL_99, percentile(delays, 0.99), detail=f"最长 {max(delays):.0f} ms"),
    ]


class _Desks:
    """The windows of the villages and of the township, over kept connections."""

    def __init__(self, environment: Environment, port: int) -> None:
        self._port = port
        self._free: asyncio.Queue[Connection] = asyncio.Queue()
        self._registrations = [
            prepared(
                "POST", "/cases", county.headers(environment.tokens, "window", station), county.a_registration(station)
            )
            for station in county.STATIONS
        ]
        self._center = county.headers(environment.tokens, "window", county.CENTER)

    async def open(self) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await Connection.open(self._port))

    async def close(self) -> None:
        while not self._free.empty():
            await self._free.get_nowait().close()

    async def case(self, number: int) -> Sent:
        """Register a case, then have it accepted."""
        registered = await self._ask(*self._registrations[number % len(self._registrations)])
        sent = time.perf_counter()
        await self._ask(*prepared("POST", f"/cases/{registered['id']}/accept", self._center))
        return Sent(registered["id"], sent, time.perf_counter())

    async def _ask(self, before: bytes, after: bytes) -> Any:
        connection = await self._free.get()
        try:
            return await county.ask(connection, before, after)
        finally:
            self._free.put_nowait(connection)


async def _load(desks: _Desks, seconds: int) -> Sequence[Sent]:
    began = time.perf_counter()
    under_way = []
    for number in range(seconds * RATE):
        await asyncio.sleep(began + number / RATE - time.perf_counter())
        under_way.append(asyncio.create_task(desks.case(number)))
    return await asyncio.gather(*under_way)


async def _all_seen(watch: Watch, cases: Sequence[Sent]) -> None:
    async def seen() -> bool:
        return not any(math.isinf(watch.seen_everywhere(each.case_id)) for each in cases)

    await until(seen)
