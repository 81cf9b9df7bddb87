"""Deadlines alone, over HTTP, on PostgreSQL: clocks of cases and of complaints, and who may see them."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import complaints, intake, routing
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, ComplaintKind, EventData, ItemFacts, Office, Period
from bianmin.events.registry import topic_of
from bianmin.kit.ids import new_id
from bianmin.kit.log import Record
from services.deadlines.app import SERVICE
from tests.house import House, a_house

STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
OTHER_STATION, OTHER_CENTER = "520111102201", "520111102"


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


@dataclass
class County:
    """The other services, as far as deadlines hears of them."""

    house: House
    sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def tells(self, source: str, subject: str, data: EventData, *, time: str = "2026-03-02T09:00") -> None:
        """`source` announces something; returns when deadlines has taken it in."""
        await self.tell_all(source, [(subject, data)], time=time)

    async def tell_all(self, source: str, told: list[tuple[str, EventData]], *, time: str = "2026-03-02T09:00") -> None:
        producer = await self.house.log.producer(f"bianmin.{source}.relay")
        records = [
            Record(topic_of(source), subject, self._bytes(source, subject, data, time)) for subject, data in told
        ]
        await producer.append(records)
        await producer.close()
        await self.house.settles()

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
        told = intake.CaseRegistered(
            access=access(org), case_no="1", item=an_item(), channel="window", received_on=day("2026-03-02")
        )
        await self.tells("intake", case, told)

    async def accepts(
        self, case: str, on: str = "2026-03-02", *, org: str = STATION, item: ItemFacts | None = None
    ) -> None:
        told = intake.CaseAccepted(
            access=access(org), case_no="1", item=item or an_item(), received_on=day(on), accepted_on=day(on)
        )
        await self.tells("intake", case, told)

    async def a_running_case(self, on: str = "2026-03-02", *, org: str = STATION) -> str:
        case = str(new_id())
        await self.registers(case, org)
        await self.accepts(case, on, org=org)
        return case

    async def grants(self, case: str, time: str = "2026-03-04T10:00") -> None:
        await self.tells("routing", case, routing.CaseGranted(access=access(), decided_on=day(time[:10])), time=time)

    async def hands_over(self, case: str, holder: Office) -> None:
        told = routing.TaskAssigned(access=access(holder=holder), task_id=new_id(), seq=1, kind="decide", office=holder)
        await self.tells("routing", case, told)

    async def lodges(self, on: str = "2026-03-02", *, kind: ComplaintKind = "complaint", accused: str = CENTER) -> str:
        complaint = str(new_id())
        told = complaints.ComplaintLodged(
            handler_org=accused[:6],
            accused_org=accused,
            complaint_no="TS1",
            kind=kind,
            channel="qr",
            anonymous=True,
            lodged_on=day(on),
        )
        await self.tells("complaints", complaint, told)
        return complaint

    async def clocks(self, **query: Any) -> list[dict[str, Any]]:
        """As the province's supervisor sees them."""
        answer = await self.house.as_("supervisor", "52").get("/clocks", **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def announced(self) -> list[Event]:
        """What deadlines has told the others so far."""
        await self.house.settles()
        scan = self.house.log.scan(topic_of("deadlines"))
        return [parse_event(stored.record.value) async for stored in scan if stored.record.value is not None]


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_house(await migrated([SERVICE]), [SERVICE], tmp_path) as house:
        house.app.state.clock.set(at("2026-03-02T09:00"))
        yield County(house)


async def test_an_accepted_case_has_a_promise_and_a_statutory_clock_from_its_business_date(county: County) -> None:
    case = await county.a_running_case("2026-02-13")
    promise, statutory = await county.clocks(case_id=case)
    assert promise | {"id": "", "updated_at": ""} == {
        "id": "",
        "subject": case,
        "subject_kind": "case",
        "kind": "promise",
        "stage": None,
        "cycle": 1,
        "org": CENTER,
        "dept": "civil",
        "unit": "workday",
        "budget": 5,
        "started_on": "2026-02-13",
        "due_on": "2026-02-27",
        "due_at": "2026-02-28T00:00:00+08:00",
        "lamp": promise["lamp"],
        "state": "running",
        "stopped_at": None,
        "late": None,
        "calendar_version": promise["calendar_version"],
        "provisional": False,
        "updated_at": "",
    }
    assert (statutory["kind"], statutory["due_on"]) == ("statutory", "2026-03-19")
    started = [event for event in await county.announced() if event.type == "cn.bianmin.clock.started.v1"]
    assert {(event.subject, event.region, event.actor) for event in started} == {(case, CENTER, "system")}


async def test_a_single_clock_has_an_etag_that_moves_with_it(county: County) -> None:
    case = await county.a_running_case()
    promise, _ = await county.clocks(case_id=case)
    window = county.house.as_("window", CENTER)
    first = await window.get(f"/clocks/{promise['id']}")
    assert (first.status_code, first.json(), first.headers["etag"]) == (200, promise, '"1"')
    await county.grants(case)
    second = await window.get(f"/clocks/{promise['id']}")
    assert (second.json()["state"], second.headers["etag"]) == ("stopped", '"2"')


async def test_a_decision_stops_the_clocks_at_its_own_moment(county: County) -> None:
    case = await county.a_running_case()
    await county.grants(case, "2026-03-11T10:00")
    promise, statutory = await county.clocks(case_id=case)
    assert (promise["state"], promise["late"], promise["lamp"]) == ("stopped", True, "red")
    assert (statutory["state"], statutory["late"], statutory["lamp"]) == ("stopped", False, "green")
    assert promise["stopped_at"] == "2026-03-11T10:00:00+08:00"
    told: list[Any] = [event.data for event in await county.announced() if "stopped" in event.type]
    assert [(fact.kind, fact.late, fact.early) for fact in told] == [
        ("promise", True, False),
        ("statutory", False, True),
    ]


async def test_what_comes_too_early_on_another_topic_waits_and_then_counts(county: County) -> None:
    case = str(new_id())
    await county.grants(case)
    assert await county.clocks(case_id=case) == []
    await county.registers(case)
    await county.accepts(case)
    assert {clock["state"] for clock in await county.clocks(case_id=case)} == {"stopped"}
    assert [event.sequence for event in await county.announced()] == [1, 2, 3, 4]


async def test_a_case_refused_or_withdrawn_before_acceptance_never_had_a_clock(county: County) -> None:
    case = str(new_id())
    await county.registers(case)
    await county.tells("intake", case, intake.CaseWithdrawn(access=access(), withdrawn_on=day("2026-03-02")))
    assert await county.clocks(case_id=case) == []
    assert await county.announced() == []


async def test_a_period_that_reaches_into_a_missing_year_parks_its_event_and_nobody_elses(county: County) -> None:
    case, other = str(new_id()), str(new_id())
    accepted = {
        subject: intake.CaseAccepted(
            access=access(), case_no="1", item=an_item(), received_on=day(on), accepted_on=day(on)
        )
        for subject, on in ((case, "2027-12-20"), (other, "2026-03-02"))
    }
    await county.tell_all("intake", list(accepted.items()))
    assert await county.clocks(case_id=case) == []
    assert len(await county.clocks(case_id=other)) == 2


async def test_explain_tells_day_by_day_what_counts_and_why(county: County) -> None:
    case = await county.a_running_case("2026-02-13")
    promise, _ = await county.clocks(case_id=case)
    answer = await county.house.as_("window", STATION).get(f"/clocks/{promise['id']}/explain")
    told = answer.json()
    assert (told["clock"], told["calendar_version"]) == (promise, promise["calendar_version"])
    days = {each["date"]: each for each in told["days"]}
    assert days["2026-02-13"] == {"date": "2026-02-13", "counted": False, "ordinal": None, "reason": "起算日，不计入"}
    assert days["2026-02-14"] == {"date": "2026-02-14", "counted": True, "ordinal": 1, "reason": "上班（春节调休）"}
    assert days["2026-02-17"]["reason"] == "放假（春节）"
    assert (min(days), max(days)) == ("2026-02-13", "2026-02-27")
    assert sum(each["counted"] for each in told["days"]) == 5
    assert "最后一日为2026年2月27日" in told["text"]


async def test_a_window_of_another_township_cannot_tell_a_clock_from_none(county: County) -> None:
    case = await county.a_running_case()
    promise, _ = await county.clocks(case_id=case)
    stranger = county.house.as_("window", OTHER_CENTER)
    assert (await stranger.get("/clocks")).json() == {"items": [], "next_cursor": None}
    assert (await stranger.get("/clocks", case_id=case, org=CENTER)).json()["items"] == []
    for path in ("", "/explain"):
        absent = str(new_id())
        hidden = await stranger.get(f"/clocks/{promise['id']}{path}")
        nothing = await stranger.get(f"/clocks/{absent}{path}")
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert hidden.text.replace(promise["id"], "") == nothing.text.replace(absent, "")


@pytest.mark.parametrize(
    ("role", "org", "dept", "sees"),
    [
        ("window", STATION, None, True),
        ("agent", CENTER, "civil", True),
        ("department", COUNTY, "civil", True),
        ("department", COUNTY, "land", False),
        ("department", "5201", "hr", True),  # holds the step
        ("manager", "5201", None, True),
        ("window", OTHER_STATION, None, False),
        ("citizen", STATION, None, False),
    ],
)
async def test_who_sees_a_case_sees_its_clocks(
    county: County, role: str, org: str, dept: str | None, sees: bool
) -> None:
    case = await county.a_running_case()
    await county.hands_over(case, Office(org="5201", dept="hr"))
    answer = await county.house.as_(role, org, dept).get("/clocks")
    assert len(answer.json()["items"]) == (2 if sees else 0)


async def test_a_complaint_has_clocks_that_the_accused_never_see(county: County) -> None:
    complaint = await county.lodges("2026-03-02")
    handling = complaints.ComplaintAccepted(
        handler_org=COUNTY, accused_org=CENTER, kind="complaint", accepted_on=day("2026-03-03")
    )
    await county.tells("complaints", complaint, handling, time="2026-03-03T10:00")
    investigator = county.house.as_("investigator", COUNTY)
    acceptance, handled = (await investigator.get("/clocks", kind="complaint")).json()["items"]
    assert (acceptance["stage"], acceptance["due_on"], acceptance["state"]) == ("acceptance", "2026-03-17", "stopped")
    assert (handled["stage"], handled["due_on"], handled["org"], handled["dept"]) == (
        "handling",
        "2026-05-06",  # the 60th day is 05-02, within the holiday
        COUNTY,
        None,
    )
    accused = [
        county.house.as_(role, org)
        for role in ("manager", "investigator", "supervisor", "admin", "window")
        for org in (CENTER, STATION)
    ]
    outsiders = [
        county.house.as_("window", COUNTY),
        county.house.as_("manager", COUNTY, "civil"),
        county.house.as_("manager", OTHER_CENTER),
    ]
    for actor in accused + outsiders:
        assert (await actor.get("/clocks")).json()["items"] == []
        assert (await actor.get("/clocks", case_id=complaint)).json()["items"] == []
        assert (await actor.get(f"/clocks/{handled['id']}")).status_code == 404
        assert (await actor.get(f"/clocks/{handled['id']}/explain")).status_code == 404
    await county.tells(
        "complaints",
        complaint,
        complaints.ComplaintReplied(handler_org=COUNTY, accused_org=CENTER, replied_on=day("2026-04-01")),
        time="2026-04-01T10:00",
    )
    assert {clock["state"] for clock in (await investigator.get("/clocks")).json()["items"]} == {"stopped"}


async def test_praise_is_not_timed(county: County) -> None:
    await county.lodges(kind="praise")
    assert await county.clocks() == []


async def test_nobody_without_a_token_sees_a_clock(county: County) -> None:
    for path in ("/clocks", f"/clocks/{new_id()}", f"/clocks/{new_id()}/explain", "/calendars/52/years/2026"):
        assert (await county.house.nobody.get(path)).status_code == 401
