"""Latency from the acceptance of a case to its clock and its figures, at 50 cases a second.

All five services run in one process, as in `bianmin up`. Cases start at fixed moments, whether or not earlier cases are
done (an open loop). Each case is registered at a village and accepted at the township. The latency runs from sending
the acceptance until both its clock (deadlines) and its acceptance (reporting) are committed; then every GET shows them.
Triggers in this database notify of the commits, because polling would be a load of its own.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import county
from bench.environment import ALL, Environment, connected, wait_until
from bench.figures import Figure, Goal, percentile
from bench.http import Connection, prepare_request

GOAL_50 = Goal("most", 50, "ms")
GOAL_99 = Goal("most", 250, "ms")
RATE = 50
CONNECTIONS = 24

_NOTIFY = """
CREATE FUNCTION public.bench_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bench', TG_ARGV[0] || ' ' || (to_jsonb(NEW) ->> TG_ARGV[1]));
    RETURN NULL;
END $$;
CREATE TRIGGER bench_notify AFTER INSERT ON deadlines.clock
    FOR EACH ROW WHEN (NEW.kind <> 'completeness') EXECUTE FUNCTION public.bench_notify('clock', 'subject_id');
CREATE TRIGGER bench_notify_first AFTER INSERT ON reporting.case_fact
    FOR EACH ROW WHEN (NEW.accepted_on IS NOT NULL) EXECUTE FUNCTION public.bench_notify('report', 'case_id');
CREATE TRIGGER bench_notify_later AFTER UPDATE ON reporting.case_fact
    FOR EACH ROW WHEN (OLD.accepted_on IS NULL AND NEW.accepted_on IS NOT NULL)
    EXECUTE FUNCTION public.bench_notify('report', 'case_id')
"""


@dataclass(slots=True)
class Watch:
    """When each case was committed at which service, as the triggers notify."""

    seen: dict[tuple[str, str], float] = field(default_factory=dict)

    def on_notify(self, connection: Any, process: int, channel: str, payload: str) -> None:
        """Record the time of a notification."""
        where, case_id = payload.split()
        self.seen.setdefault((where, case_id), time.perf_counter())

    def seen_everywhere(self, case_id: str) -> float:
        """Return when the case was committed at both services; infinity before that."""
        return max(self.seen.get((place, case_id), math.inf) for place in ("clock", "report"))


@dataclass(slots=True)
class Sent:
    """When the acceptance of a case was sent and answered."""

    case_id: str
    sent: float
    answered: float


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Run the load for some seconds to warm up, then measure."""
    seconds = 10 if quick else 30
    url = await environment.new_database()
    watch = Watch()
    async with environment.serving(url, *ALL, profile=environment.profile) as served, connected(url) as connection:
        await connection.execute(_NOTIFY)
        await connection.add_listener("bench", watch.on_notify)
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
            prepare_request(
                "POST",
                "/cases",
                county.headers(environment.tokens, "window", station),
                county.registration_body(station),
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
        """Register a case and accept it."""
        registered = await self._ask(*self._registrations[number % len(self._registrations)])
        sent = time.perf_counter()
        await self._ask(*prepare_request("POST", f"/cases/{registered['id']}/accept", self._center))
        return Sent(registered["id"], sent, time.perf_counter())

    async def _ask(self, before: bytes, after: bytes) -> Any:
        connection = await self._free.get()
        try:
            return await county.ask(connection, before, after)
        finally:
            self._free.put_nowait(connection)


async def _load(desks: _Desks, seconds: int) -> Sequence[Sent]:
    started = time.perf_counter()
    under_way = []
    for number in range(seconds * RATE):
        await asyncio.sleep(started + number / RATE - time.perf_counter())
        under_way.append(asyncio.create_task(desks.case(number)))
    return await asyncio.gather(*under_way)


async def _all_seen(watch: Watch, cases: Sequence[Sent]) -> None:
    async def seen() -> bool:
        return not any(math.isinf(watch.seen_everywhere(each.case_id)) for each in cases)

    await wait_until(seen)
