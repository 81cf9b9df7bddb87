"""Fill a database with many due clocks: copies of a few that the service started itself."""

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

START = at("2026-03-02T00:00")
"""When the events of the subjects arrive: nothing is due yet."""
NOON = at("2026-03-12T12:00")
"""When the replicas start."""
DUE_SECONDS = 30
"""Seconds after noon during which more becomes due, clock by clock."""


@dataclass(frozen=True)
class SubjectGroup:
    """Equal subjects: the event that starts the first, announced by `source` at `time`; `many` in all."""

    source: str
    event: EventData
    many: int
    time: str = "2026-03-02T09:00"
    spread: int = 0
    """Seconds over which the starts of the copies are spread, where their clocks count hours."""


def _in_hours(begun: str) -> intake.CaseAccepted:
    """Return an acceptance with a promise of ten hours: reminder when two are left, yellow when one is."""
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


def subject_groups(many: int) -> Sequence[SubjectGroup]:
    """Return subjects with `many` clocks due by the end of the run, and as many that are not due."""
    overdue, near, coming = many * 15 // 100, many * 33 // 100, many // 30
    early, middle, late = "2026-03-12T02:00", "2026-03-12T03:00", "2026-03-12T04:00"
    rest = many - overdue - 2 * near - 3 * coming
    return (
        SubjectGroup("intake", an_acceptance("2026-03-02"), overdue),  # red at the 10th, and a card
        SubjectGroup("intake", an_acceptance("2026-03-05"), near),  # yellow with the 12th, its last day
        SubjectGroup("complaints", _lodged("2026-02-25"), near),  # the same
        SubjectGroup("complaints", _lodged("2026-02-20"), rest),  # red at the 10th
        SubjectGroup("intake", an_acceptance("2026-03-11"), many // 5),  # nothing yet
        SubjectGroup("intake", _in_hours(early), coming, early, DUE_SECONDS),  # red from noon on
        SubjectGroup("intake", _in_hours(middle), coming, middle, DUE_SECONDS),  # yellow from noon on
        SubjectGroup("intake", _in_hours(late), coming, late, DUE_SECONDS),  # reminded of from noon on
    )


async def fill(url: str, data: Path, groups: Sequence[SubjectGroup]) -> None:
    """A county with these matters; and in the table `before`, their clocks as they are before anything is due."""
    firsts = [str(new_id()) for _ in groups]
    async with running_harness(url, [SERVICE], data) as harness:
        harness.app.state.clock.set(START)
        county = County(harness)
        for first, group in zip(firsts, groups, strict=True):
            await county.announces(group.source, first, group.event, time=group.time)
    database = Database(url, "deadlines")
    async with database.transaction() as tx:
        await run(tx, _COPIES, firsts, [group.many - 1 for group in groups], [group.spread for group in groups])
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
