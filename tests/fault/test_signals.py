"""Every signal of fifty thousand clocks comes once and not early, though its replicas are killed a hundred times."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bianmin.kit.db import Database, Tx, rows, run
from services.deadlines.app import SERVICE
from services.deadlines.domain.clocks.counting import count_ends
from services.deadlines.store import rulebook, subjects
from tests.fault.many_clocks import DUE_SECONDS, NOON, fill, subject_groups
from tests.fault.replicas import POINTS, RELAY_POINTS

CLOCKS, REPLICAS = 50_000, 10
CRASH_POINTS = [(point, count) for count in (1, 1, 2, 1, 1) for point in POINTS]
CRASH_POINTS += [(point, count) for count in (1, 3, 1, 2, 1, 1, 1) for point in POINTS if point not in RELAY_POINTS]
WAVES = {10: 2, 20: 10, 30: 4, 40: 2, 50: 10, 60: 2}
"""After so many crashes at crash points, kill so many replicas from outside at once; ten are all of them."""
ALL_CRASHES = len(CRASH_POINTS) + sum(WAVES.values())
END = NOON + timedelta(seconds=DUE_SECONDS)
"""Every clock of the run is due by then; the others days later."""


@dataclass
class Replicas:
    """The replicas, seen from outside."""

    supervisor: asyncio.subprocess.Process
    shift: timedelta
    """By how much the business clock of the replicas is ahead."""
    crashes: Counter[str] = field(default_factory=Counter)

    @property
    def at_crash_points(self) -> int:
        return self.crashes.total() - self.crashes["kill"]

    async def next_crash(self, seconds: float) -> str | None:
        """Return where the next replica crashed; None when none crashes within `seconds`."""
        assert self.supervisor.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                line = await self.supervisor.stdout.readline()
        except TimeoutError:
            return None
        assert line, "the supervisor has ended: see process.log"
        point = line.decode().strip()
        self.crashes[point] += 1
        return point

    def kill(self, number: int) -> None:
        assert self.supervisor.stdin is not None
        self.supervisor.stdin.write(b"%d\n" % number)


@asynccontextmanager
async def start_replicas_at_noon(url: str, data: Path) -> AsyncIterator[Replicas]:
    shift = NOON - datetime.now(UTC)
    given = [url, str(data), str(shift.total_seconds()), str(REPLICAS), json.dumps(CRASH_POINTS)]
    with (data / "process.log").open("ab") as output:
        supervisor = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.fault.replicas",
            *given,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
        )
    assert supervisor.stdin is not None
    try:
        yield Replicas(supervisor, shift)
    finally:
        supervisor.stdin.close()
        await supervisor.communicate()


async def test_d1_d4_d9_d19_d23_a_hundred_kills_neither_lose_nor_double_nor_hurry_a_signal(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url = await migrated([SERVICE])
    await fill(url, tmp_path, subject_groups(CLOCKS))
    database = Database(url, "deadlines")
    waves = dict(WAVES)
    async with asyncio.timeout(150), start_replicas_at_noon(url, tmp_path) as replicas:
        while (left := await is_work_left(database)) or replicas.crashes.total() < ALL_CRASHES:
            point = await replicas.next_crash(0.2)
            wave = waves.pop(replicas.at_crash_points, 0)
            if point is not None:
                await expire_relay_lease(database)
            replicas.kill(wave if left else 1)
    assert replicas.crashes.total() >= ALL_CRASHES
    assert all(replicas.crashes[point] >= 3 for point in POINTS)
    assert ".failed" not in (tmp_path / "process.log").read_text(), "no replica met an unexpected error"
    async with database.transaction() as tx:
        await check_signals(tx, replicas.shift)
    await database.close()


async def expire_relay_lease(database: Database) -> None:
    """Let another replica relay at once: after a crash, or beside an older relay that still runs."""
    async with database.transaction() as tx:
        await run(tx, "UPDATE lease SET expires_at = '-infinity'")


async def is_work_left(database: Database) -> bool:
    async with database.reading() as tx:
        [(left,)] = await rows(tx, _LEFT, END)
    return bool(left)


_LEFT = "SELECT EXISTS (SELECT FROM clock WHERE next_fire_at <= $1) OR EXISTS (SELECT FROM outbox)"


async def check_signals(tx: Tx, shift: timedelta) -> None:
    for statement in (_TOLD, _EXPECTED):
        await run(tx, statement)
    [(due,)] = await rows(tx, "SELECT count(DISTINCT clock_id) FROM expected WHERE due")
    assert due == CLOCKS
    assert await rows(tx, _TWO_OF_ONE_ID) == []
    assert await rows(tx, _NOT_ONCE) == []
    assert await rows(tx, _EARLY_OR_UNDATED, shift) == []
    assert await rows(tx, _NUMBERED_WRONG) == []
    assert await rows(tx, _OUT_OF_ORDER) == []
    assert await rows(tx, _CARDS) == [(7500 + 1666, 7500 + 1666, 0)]
    await stored_ends_are_what_counting_anew_gives(tx)


async def stored_ends_are_what_counting_anew_gives(tx: Tx) -> None:
    book = await rulebook.in_force(tx)
    some = [id for (id,) in await rows(tx, "SELECT id FROM subject ORDER BY id LIMIT 2000")]
    for matter in (await subjects.load(tx, some, locked=False)).values():
        assert list(matter.clocks) == count_ends(book.calendars, matter.clocks)


# a row for every event: what was published again, because nobody had time to note that it was, is the same event
_TOLD = """
CREATE TEMPORARY TABLE sent AS
SELECT e->>'id' AS id, e->>'type' AS type, (e->>'subject')::uuid AS subject, (e->>'sequence')::int AS sequence,
    (e->'data'->>'clock_id')::uuid AS clock_id, (e->'data'->>'cycle')::int AS cycle,
    (e->'data'->>'due_at')::timestamptz AS due_at, (e->'data'->>'detected_at')::timestamptz AS detected_at,
    min(place) AS place, min(at) AS at
FROM (
    SELECT convert_from(value, 'UTF8')::jsonb, "offset", appended_at FROM log.record
    WHERE partition_id IN (SELECT id FROM log.partition WHERE topic = 'bianmin.deadlines')
    UNION ALL SELECT convert_from(payload, 'UTF8')::jsonb, NULL, created_at FROM outbox
) AS found (e, place, at)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
# the windows in which complaints could be returned close without a signal
_EXPECTED = f"""
CREATE TEMPORARY TABLE expected AS
SELECT id AS clock_id, cycle, due_at, moment, moment <= timestamptz '{END.isoformat()}' AS due,
    'cn.bianmin.clock.' || level || '.v1' AS type
FROM before, LATERAL (VALUES
    ('reminded', reminder_at), ('yellow', yellow_at), ('red', due_at + interval '1 microsecond')
) AS v (level, moment)
WHERE stage IS DISTINCT FROM 'return'
"""
_TWO_OF_ONE_ID = "SELECT id FROM sent GROUP BY id HAVING count(*) > 1"
_NOT_ONCE = """
SELECT clock_id, cycle, type, e.due, count(t.id) FROM expected e LEFT JOIN sent t USING (clock_id, cycle, type)
GROUP BY 1, 2, 3, 4 HAVING count(t.id) <> e.due::int
"""
# neither by the time it names itself, nor by the database's clock
_EARLY_OR_UNDATED = """
SELECT * FROM expected e JOIN sent t USING (clock_id, cycle, type)
WHERE t.detected_at < e.moment OR t.at + $1::interval < e.moment
    OR t.detected_at IS NULL OR t.due_at IS DISTINCT FROM e.due_at
"""
_NUMBERED_WRONG = """
SELECT s.id FROM subject s JOIN (SELECT DISTINCT subject_id, sequence FROM before) b ON b.subject_id = s.id
LEFT JOIN sent t ON t.subject = s.id AND t.sequence > b.sequence
GROUP BY s.id, b.sequence HAVING s.sequence <> b.sequence + count(t.id)
    OR min(t.sequence) <> b.sequence + 1 OR max(t.sequence) <> s.sequence OR count(DISTINCT t.sequence) <> count(t.id)
"""
_OUT_OF_ORDER = """
SELECT * FROM (
    SELECT subject, sequence, place, lag(place) OVER (PARTITION BY subject ORDER BY sequence) AS before FROM sent
) AS t WHERE place <= before
"""
_CARDS = """
SELECT (SELECT count(*) FROM card), count(DISTINCT clock_id) FILTER (WHERE type = 'cn.bianmin.card.issued.v1'),
    count(*) FILTER (WHERE type = 'cn.bianmin.card.issued.v1') - count(DISTINCT clock_id) FILTER
    (WHERE type = 'cn.bianmin.card.issued.v1')
FROM sent
"""
