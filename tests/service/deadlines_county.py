"""The other services, for tests of deadlines: builders of events, and a county that announces them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bianmin.events import complaints, intake, routing
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, ComplaintKind, EventData, ItemFacts, Office, Period
from bianmin.events.registry import topic_of
from bianmin.kit.db import rows
from bianmin.kit.ids import new_id
from bianmin.kit.log import Record
from services.deadlines.app import SERVICE
from tests.harness import Harness, running_harness

STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
OTHER_STATION, OTHER_CENTER = "520111102201", "520111102"
SIGNALS, RECOUNTS, CARDS = SERVICE.timers
FESTIVAL = [{"date": "2026-03-05", "kind": "off", "name": "三月三"}]


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def an_item(promise: int = 5, legal: int = 20) -> ItemFacts:
    return ItemFacts(
        org=COUNTY,
        code="MZ-001",
        version=1,
        name="最低生活保障审核确认",
        category="civil",
        mode="report_up",
        item_type="05",
        decide_level="county",
        promise=Period(value=promise, unit="workday"),
        legal=Period(value=legal, unit="workday"),
    )


def access(org: str = STATION, *, holder: Office | None = None) -> Access:
    return Access(org=org, accepting_org=org[:9], dept="civil", holders=(holder,) if holder else ())


def an_acceptance(on: str = "2026-03-02", org: str = STATION) -> intake.CaseAccepted:
    return intake.CaseAccepted(
        access=access(org), case_no="1", item=an_item(), received_on=day(on), accepted_on=day(on)
    )


@dataclass
class County:
    """The other services: they announce events, and deadlines takes them in."""

    harness: Harness
    sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def announces(self, source: str, subject: str, data: EventData, *, time: str = "2026-03-02T09:00") -> None:
        """`source` announces an event; returns after deadlines has taken it in."""
        await self.announce_all(source, [(subject, data)], time=time)

    async def announce_all(
        self, source: str, events: Sequence[tuple[str, EventData]], *, time: str = "2026-03-02T09:00"
    ) -> None:
        producer = await self.harness.log.producer(f"bianmin.{source}.relay")
        await producer.append(
            [Record(topic_of(source), subject, self._bytes(source, subject, data, time)) for subject, data in events]
        )
        await producer.close()
        await self.harness.settles()

    def _bytes(self, source: str, subject: str, data: EventData, time: str) -> bytes:
        self.sequences[source, subject] += 1
        return compose(
            data,
            id=new_id(),
            source=source,
            subject=subject,
            sequence=self.sequences[source, subject],
            time=at(time),
            region="52",
            actor="w-1",
        )

    async def registers(self, case: str, org: str = STATION) -> None:
        event = intake.CaseRegistered(
            access=access(org), case_no="1", item=an_item(), channel="window", received_on=day("2026-03-02")
        )
        await self.announces("intake", case, event)

    async def accepts(self, case: str, on: str = "2026-03-02", *, org: str = STATION) -> None:
        await self.announces("intake", case, an_acceptance(on, org))

    async def a_running_case(self, on: str = "2026-03-02", *, org: str = STATION) -> str:
        """Return an accepted case that was never registered: only the clocks of its decision run."""
        case = str(new_id())
        await self.accepts(case, on, org=org)
        return case

    async def grants(self, case: str, time: str = "2026-03-04T10:00") -> None:
        await self.announces(
            "routing", case, routing.CaseGranted(access=access(), decided_on=day(time[:10])), time=time
        )

    async def assigns_task(self, case: str, holder: Office) -> None:
        event = routing.TaskAssigned(
            access=access(holder=holder), task_id=new_id(), seq=1, kind="decide", office=holder
        )
        await self.announces("routing", case, event)

    async def lodges(
        self,
        on: str = "2026-03-02",
        *,
        kind: ComplaintKind = "complaint",
        accused: str = CENTER,
        recused: tuple[str, ...] = (),
    ) -> str:
        complaint = str(new_id())
        event = complaints.ComplaintLodged(
            handler_org=accused[:6],
            accused_org=accused,
            complaint_no="TS1",
            kind=kind,
            channel="qr",
            anonymous=True,
            lodged_on=day(on),
            recused=recused,
        )
        await self.announces("complaints", complaint, event)
        return complaint

    async def recuses(self, complaint: str, *recused: str) -> None:
        event = complaints.ComplaintRecused(handler_org=COUNTY, accused_org=CENTER, recused=recused)
        await self.announces("complaints", complaint, event)

    async def clocks(self, **query: Any) -> list[dict[str, Any]]:
        """Return the clocks that the province's supervisor sees."""
        answer = await self.harness.as_("supervisor", "52").get("/clocks", **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def announced(self) -> list[Event]:
        """Return the events that deadlines has announced so far."""
        await self.harness.settles()
        scan = self.harness.log.scan(topic_of("deadlines"))
        return [parse_event(stored.record.value) async for stored in scan if stored.record.value is not None]


async def set_clock(harness: Harness, moment: str) -> None:
    """Set the business clock, and wait until every signal that is due then was sent.

    The service's own timers run as well, and what they have claimed no other tick finds: so this waits for the rows.
    """
    harness.app.state.clock.set(at(moment))
    runtime = harness.runtime("deadlines")
    async with asyncio.timeout(60):
        await runtime.ticker.tick(SIGNALS)
        while await number_due(harness):
            await runtime.ticker.tick(SIGNALS)


async def number_due(harness: Harness) -> int:
    runtime = harness.runtime("deadlines")
    async with runtime.database.reading() as tx:
        found = await rows(tx, "SELECT count(*) FROM clock WHERE next_fire_at <= $1", runtime.clock.now())
    return int(found[0][0])


async def recount_all(harness: Harness) -> None:
    """Return when every clock has been counted again by what was published, also where a first try failed."""
    runtime = harness.runtime("deadlines")
    async with asyncio.timeout(60):
        while await runtime.ticker.tick(RECOUNTS) or await unfinished_recounts(harness):
            pass


async def unfinished_recounts(harness: Harness) -> int:
    """Return how many recounts are not finished."""
    async with harness.runtime("deadlines").database.reading() as tx:
        return int((await rows(tx, "SELECT count(*) FROM recount WHERE state <> 'done'"))[0][0])


def a_year(*days: dict[str, str], status: str = "official") -> dict[str, Any]:
    """Return a calendar year of a county with these changed days."""
    return {"status": status, "source": "某县通知", "days": list(days)}


WEEK = [[{"since": "09:00", "until": "12:00"}, {"since": "14:00", "until": "17:30"}]] * 5


def hours(weekdays: list[Any], make_up: list[Any] | None = None) -> dict[str, Any]:
    return {"weekdays": [*weekdays, *[[]] * (7 - len(weekdays))], "make_up": make_up or []}


@asynccontextmanager
async def running_deadlines(database: str, directory: Path, *orgs: tuple[str, str]) -> AsyncIterator[County]:
    """Run deadlines on a migrated database, on 2026-03-02 at 9:00, with these orgs, each a code and a level."""
    async with running_harness(database, [SERVICE], directory) as harness:
        harness.app.state.clock.set(at("2026-03-02T09:00"))
        county = County(harness)
        for code, level in orgs:
            event = routing.OrgChanged.model_validate({"code": code, "name": code, "level": level, "parent": code[:4]})
            await county.announces("routing", code, event)
        yield county
