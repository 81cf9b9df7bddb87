"""Fifty thousand clocks that are due: copies, made by the database, of a few that the service started itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bianmin.events import complaints, intake
from bianmin.events.parts import EventData, Period
from bianmin.kit.db import Database, run
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.harness import running_harness
from tests.service.deadlines_county import CENTER, COUNTY, County, access, an_acceptance, an_item, at, day

BEGINNING = at("2026-03-02T00:00")
"""When the matters are told of: nothing is due yet."""
NOON = at("2026-03-12T12:00")
"""When the replicas start."""
COMING = 30
"""Seconds after noon during which more becomes due, clock by clock."""


@dataclass(frozen=True)
class Sort:
    """Matters of one sort: what is told of the first, how many there are in all, how much later the others began."""

    source: str
    told: EventData
    many: int
    time: str = "2026-03-02T09:00"
    spread: int = 0
    """Seconds over which the beginnings of those that count hours lie scattered."""


def _in_hours(begun: str) -> intake.CaseAccepted:
    """Promised in ten hours: reminded of when two are left, yellow when one is."""
    item = an_item().model_copy(update={"promise": Period(value=10, unit="hour")})
    return intake.CaseAccepted(
        access=access(), case_no="1", item=item, received_on=day(begun[:10]), accepted_on=day(begun[:10])
    )


def _lodged(on: str) -> complaints.ComplaintLodged:
    return complaints.ComplaintLodged(
        handler_org=COUNTY,
        accused_org=CENTER,
        complaint_no="TS1",
        kind="complaint",
        channel="qr",
        anonymous=True,
        lodged_on=day(on),
    )


def sorts(many: int) -> Sequence[Sort]:
    """Matters of which `many` clocks are due by the end of the run, beside as many that are not."""
    overdue, near, coming = many * 15 // 100, many * 33 // 100, many // 30
    early, middle, late = "2026-03-12T02:00", "2026-03-12T03:00", "2026-03-12T04:00"
    rest = many - overdue - 2 * near - 3 * coming
    return (
        Sort("intake", an_acceptance("2026-03-02"), overdue),  # red at the 10th, and a card
        Sort("intake", an_acceptance("2026-03-05"), near),  # yellow with the 12th, its last day
        Sort("complaints", _lodged("2026-02-25"), near),  # the same
        Sort("complaints", _lodged("2026-02-20"), rest),  # red at the 10th
        Sort("intake", an_acceptance("2026-03-11"), many // 5),  # nothing yet
        Sort("intake", _in_hours(early), coming, early, COMING),  # red from noon on
        Sort("intake", _in_hours(middle), coming, middle, COMING),  # yellow from noon on
        Sort("intake", _in_hours(late), coming, late, COMING),  # reminded of from noon on
    )


async def fill(url: str, data: Path, sorts: Sequence[Sort]) -> None:
    """A county with these matters; and in the table `before`, their clocks as they are before anything is due."""
    firsts = [str(new_id()) for _ in sorts]
    async with running_harness(url, [SERVICE], data) as harness:
        harness.app.state.clock.set(BEGINNING)
        county = County(harness)
        for first, sort in zip(firsts, sorts, strict=True):
            await county.announces(sort.source, first, sort.told, time=sort.time)
    database = Database(url, "deadlines")
    async with database.transaction() as tx:
        await run(tx, _COPIES, firsts, [sort.many - 1 for sort in sorts], [sort.spread for sort in sorts])
        await run(tx, _SUBJECTS)
        await run(tx, _CLOCKS)
        await run(tx, "CREATE TABLE before AS SELECT c.*, s.sequence FROM clock c JOIN subject s ON s.id = subject_id")
        await run(tx, "CREATE UNIQUE INDEX ON before (id)")
    async with database.reading() as tx:
        for table in ("subject", "clock", "before"):
            await run(tx, f"VACUUM ANALYZE {table}")
    await database.close()


_COPIES = """
CREATE TABLE copy AS
SELECT v.id AS of, gen_random_uuid() AS id, (n - 1) * v.spread::float8 / v.many * interval '1 second' AS later
FROM unnest($1::uuid[], $2::int[], $3::int[]) AS v (id, many, spread), generate_series(1, v.many) AS n
"""
_SUBJECTS = """
INSERT INTO subject SELECT new.* FROM copy JOIN subject s ON s.id = copy.of,
    LATERAL jsonb_populate_record(s, jsonb_build_object('id', copy.id)) AS new
"""
# what counts days begins with a day; what counts hours may begin at any moment, and all of it moves with that
_CLOCKS = """
INSERT INTO clock SELECT new.* FROM copy JOIN clock c ON c.subject_id = copy.of,
    LATERAL (SELECT CASE WHEN c.unit = 'hour' THEN copy.later ELSE interval '0' END AS by) AS moved,
    LATERAL jsonb_populate_record(c, jsonb_build_object(
        'id', gen_random_uuid(), 'subject_id', copy.id,
        'started_at', c.started_at + moved.by, 'due_at', c.due_at + moved.by, 'reminder_at', c.reminder_at + moved.by,
        'yellow_at', c.yellow_at + moved.by, 'next_fire_at', c.next_fire_at + moved.by
    )) AS new
"""
