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
from tests.fault.many_clocks import COMING, NOON, fill, sorts
from tests.fault.replicas import OF_THE_RELAY, POINTS

CLOCKS, REPLICAS = 50_000, 10
FATES = [(point, count) for count in (1, 1, 2, 1, 1) for point in POINTS]
FATES += [(point, count) for count in (1, 3, 1, 2, 1, 1, 1) for point in POINTS if point not in OF_THE_RELAY]
WAVES = {10: 2, 20: 10, 30: 4, 40: 2, 50: 10, 60: 2}
"""After so many deaths of one's own fate, so many are killed from outside at once: twice all of them."""
HUNDRED = len(FATES) + sum(WAVES.values())
END = NOON + timedelta(seconds=COMING)
"""All that is due comes due until then, and the rest days later."""


@dataclass
class Replicas:
    """The replicas, seen from outside."""

    nursery: asyncio.subprocess.Process
    shift: timedelta
    """By how much their clocks are ahead."""
    deaths: Counter[str] = field(default_factory=Counter)

    @property
    def fulfilled(self) -> int:
        return self.deaths.total() - self.deaths["kill"]

    async def dies(self, seconds: float) -> str | None:
        """What the next one died of; None should nobody die so soon."""
        assert self.nursery.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                line = await self.nursery.stdout.readline()
        except TimeoutError:
            return None
        assert line, "the nursery has ended: see child.log"
        point = line.decode().strip()
        self.deaths[point] += 1
        return point

    def kill(self, number: int) -> None:
        assert self.nursery.stdin is not None
        self.nursery.stdin.write(b"%d\n" % number)


@asynccontextmanager
async def replicas_at_noon(url: str, data: Path) -> AsyncIterator[Replicas]:
    shift = NOON - datetime.now(UTC)
    given = [url, str(data), str(shift.total_seconds()), str(REPLICAS), json.dumps(FATES)]
    with (data / "child.log").open("ab") as told:
        nursery = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.fault.replicas",
            *given,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=told,
        )
    assert nursery.stdin is not None
    try:
        yield Replicas(nursery, shift)
    finally:
        nursery.stdin.close()
        await nursery.communicate()


async def test_d1_d4_d9_d19_d23_a_hundred_kills_neither_lose_nor_double_nor_hurry_a_signal(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url = await migrated([SERVICE])
    await fill(url, tmp_path, sorts(CLOCKS))
    database = Database(url, "deadlines")
    waves = dict(WAVES)
    async with asyncio.timeout(150), replicas_at_noon(url, tmp_path) as replicas:
        while (left := await something_is_left(database)) or replicas.deaths.total() < HUNDRED:
            point = await replicas.dies(0.2)
            wave = waves.pop(replicas.fulfilled, 0)
            if point is not None:
                await takes_the_relays_lease(database)
            replicas.kill(wave if left else 1)
    assert replicas.deaths.total() >= HUNDRED
    assert all(replicas.deaths[point] >= 3 for point in POINTS)
    assert ".failed" not in (tmp_path / "child.log").read_text(), "whoever lived met nothing unexpected"
    async with database.transaction() as tx:
        await look_through(tx, replicas.shift)
    await database.close()


async def takes_the_relays_lease(database: Database) -> None:
    """Somebody else is to relay, as if time had passed: after the dead, or beside the living, who does not know yet."""
    async with database.transaction() as tx:
        await run(tx, "UPDATE lease SET expires_at = '-infinity'")


async def something_is_left(database: Database) -> bool:
    async with database.reading() as tx:
        [(left,)] = await rows(tx, _LEFT, END)
    return bool(left)


_LEFT = "SELECT EXISTS (SELECT FROM clock WHERE next_fire_at <= $1) OR EXISTS (SELECT FROM outbox)"


async def look_through(tx: Tx, shift: timedelta) -> None:
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
CREATE TEMPORARY TABLE told AS
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
_TWO_OF_ONE_ID = "SELECT id FROM told GROUP BY id HAVING count(*) > 1"
_NOT_ONCE = """
SELECT clock_id, cycle, type, e.due, count(t.id) FROM expected e LEFT JOIN told t USING (clock_id, cycle, type)
GROUP BY 1, 2, 3, 4 HAVING count(t.id) <> e.due::int
"""
# neither by the time it names itself, nor by the database's clock
_EARLY_OR_UNDATED = """
SELECT * FROM expected e JOIN told t USING (clock_id, cycle, type)
WHERE t.detected_at < e.moment OR t.at + $1::interval < e.moment
    OR t.detected_at IS NULL OR t.due_at IS DISTINCT FROM e.due_at
"""
_NUMBERED_WRONG = """
SELECT s.id FROM subject s JOIN (SELECT DISTINCT subject_id, sequence FROM before) b ON b.subject_id = s.id
LEFT JOIN told t ON t.subject = s.id AND t.sequence > b.sequence
GROUP BY s.id, b.sequence HAVING s.sequence <> b.sequence + count(t.id)
    OR min(t.sequence) <> b.sequence + 1 OR max(t.sequence) <> s.sequence OR count(DISTINCT t.sequence) <> count(t.id)
"""
_OUT_OF_ORDER = """
SELECT * FROM (
    SELECT subject, sequence, place, lag(place) OVER (PARTITION BY subject ORDER BY sequence) AS before FROM told
) AS t WHERE place <= before
"""
_CARDS = """
SELECT (SELECT count(*) FROM card), count(DISTINCT clock_id) FILTER (WHERE type = 'cn.bianmin.card.issued.v1'),
    count(*) FILTER (WHERE type = 'cn.bianmin.card.issued.v1') - count(DISTINCT clock_id) FILTER
    (WHERE type = 'cn.bianmin.card.issued.v1')
FROM told
"""
