"""A county with routing alone: a directory, cases that intake accepts, the events of routing."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx2

from bianmin.events import intake
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, EventData, ItemFacts
from bianmin.events.registry import topic_of
from bianmin.kit.db import rows
from bianmin.kit.ids import new_id
from bianmin.kit.log import Record
from services.routing.app import SERVICE
from tests.harness import Client, Harness, running_harness

PROVINCE, CITY, COUNTY, CENTER, STATION = "52", "5201", "520111", "520111101", "520111101201"
OTHER_CENTER, OTHER_STATION = "520111102", "520111102201"
ORGS = """code,level,name
52,province,贵州省
5201,city,贵阳市
520111,county,花溪区
520111101,township,青岩镇
520111101201,village,龙井村
520111102,township,石板镇
520111102201,village,盖冗村
"""
DAY = date(2026, 3, 2)
NOW = datetime.fromisoformat("2026-03-02T09:00:00+08:00")


def an_item(mode: str = "report_up", level: str = "county", category: str = "civil") -> ItemFacts:
    return ItemFacts.model_validate(
        {
            "org": COUNTY,
            "code": "MZ-001",
            "version": 1,
            "name": "最低生活保障审核确认",
            "category": category,
            "mode": mode,
            "item_type": "05",
            "decide_level": level,
        }
    )


def access(desk: str = STATION, accepting: str | None = None, dept: str = "civil") -> Access:
    return Access.model_validate({"org": desk, "accepting_org": accepting or desk[:9], "dept": dept})


def an_acceptance(item: ItemFacts | None = None, where: Access | None = None) -> intake.CaseAccepted:
    where = where or access()
    case_no = f"{where.org}-20260302-0001"
    return intake.CaseAccepted(access=where, case_no=case_no, item=item or an_item(), received_on=DAY, accepted_on=DAY)


@dataclass
class County:
    harness: Harness
    sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def reviewer(self) -> Client:
        return self.harness.as_("window", CENTER, "civil")

    @property
    def decider(self) -> Client:
        return self.harness.as_("department", COUNTY, "civil")

    @property
    def admin(self) -> Client:
        return self.harness.as_("admin", PROVINCE)

    async def import_orgs(
        self, text: str | bytes = ORGS, *, who: Client | None = None, **options: Any
    ) -> httpx2.Response:
        body = text.encode() if isinstance(text, str) else text
        headers = {"Content-Type": "text/csv"}
        return await (who or self.admin).post("/orgs/import", content=body, headers=headers, **options)

    async def publish(self, events: Sequence[tuple[str, EventData]], source: str = "intake") -> None:
        """Publish events of another service; return when routing has handled them and its own events are published."""
        producer = await self.harness.log.producer(f"bianmin.{source}.relay")
        records = [Record(topic_of(source), subject, self._bytes(source, subject, data)) for subject, data in events]
        await producer.append(records)
        await producer.close()
        await self.harness.settles()

    def _bytes(self, source: str, subject: str, data: EventData) -> bytes:
        self.sequences[source, subject] += 1
        return compose(
            data,
            id=new_id(),
            source=source,
            subject=subject,
            sequence=self.sequences[source, subject],
            time=NOW,
            region=CENTER,
            actor=f"S-{source}",
        )

    async def accept_case(self, item: ItemFacts | None = None, where: Access | None = None) -> str:
        """Publish the acceptance of a case; return the id of the case."""
        case = str(new_id())
        await self.publish([(case, an_acceptance(item, where))])
        return case

    async def request_withdrawal(self, *cases: str) -> None:
        await self.publish([(case, intake.WithdrawalRequested(access=access())) for case in cases])

    async def route(self, case: str, who: Client | None = None) -> dict[str, Any]:
        answer = await (who or self.harness.as_("supervisor", PROVINCE)).get(f"/cases/{case}/route")
        assert answer.status_code == 200, answer.text
        route: dict[str, Any] = answer.json()
        return route

    async def open_task(self, case: str) -> str:
        """The id of the task whose turn it is."""
        steps = (await self.route(case))["steps"]
        (task,) = [step["id"] for step in steps if step["status"] in ("assigned", "received", "in_progress")]
        return str(task)

    async def complete_open_task(self, case: str, who: Client, opinion: str, **given: Any) -> httpx2.Response:
        """Receive the task whose turn it is, and complete it."""
        task = await self.open_task(case)
        received = await who.post(f"/tasks/{task}/receive")
        assert received.status_code == 200, received.text
        completed = await who.post(f"/tasks/{task}/complete", {"opinion": opinion, **given})
        assert completed.status_code == 200, completed.text
        return completed

    async def a_granted_case(self) -> str:
        case = await self.accept_case()
        await self.complete_open_task(case, self.reviewer, "agree")
        await self.complete_open_task(case, self.decider, "grant")
        return case

    async def count(self, table: str) -> int:
        async with self.harness.runtime("routing").database.reading() as tx:
            return int((await rows(tx, f"SELECT count(*) FROM {table}"))[0][0])

    async def announced(self, subject: str | None = None) -> list[Event]:
        """The events of routing so far, those of one subject in their order."""
        await self.harness.settles()
        found = []
        async for stored in self.harness.log.scan(topic_of("routing")):
            assert stored.record.value is not None
            event = parse_event(stored.record.value)
            assert event.subject == stored.record.key
            if subject in (None, event.subject):
                found.append(event)
        return found

    async def event_names(self, subject: str) -> list[str]:
        return [event.data.event_name for event in await self.announced(subject) if event.data is not None]


@asynccontextmanager
async def a_county(url: str, data: Path) -> AsyncIterator[County]:
    """Routing alone, on a migrated database, on the morning of `DAY`."""
    async with running_harness(url, [SERVICE], data) as harness:
        harness.app.state.clock.set(NOW)
        yield County(harness)


def statements_of_requests(sent: Sequence[str]) -> list[str]:
    """The statements that requests sent, without those of the relay and the subscriber."""
    background = re.compile(r" lease | reread$")
    return [each for each in sent if not background.search(each) and not ("outbox" in each and "INSERT" not in each)]


def without(answer: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
