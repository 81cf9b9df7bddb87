"""Who must not learn of a complaint, or of who lodged it, on PostgreSQL: also before events arrive, and at rest."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bianmin.domain.actors import Actor
from bianmin.events import intake, routing
from bianmin.events.complaints import ComplaintLodged, ComplaintRecused
from bianmin.events.envelope import compose, parse_event
from bianmin.events.parts import Access, EventData, ItemFacts
from bianmin.kit import sets
from bianmin.kit.db import rows, run
from bianmin.kit.ids import new_id
from services.complaints.app import SERVICE
from services.complaints.store.tables import OrgNameRow
from tests.harness import Client, Harness, running_harness

CITY, COUNTY, CENTER, STATION = "5201", "520111", "520111101", "520111101201"
CONCLUSION = {"outcome": "supported", "facts": "属实", "reasons": "违反规定", "legal_basis": "信访工作条例"}


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        async with harness.runtime("complaints").database.transaction() as tx:
            known = [{"code": code, "name": code} for code in ("52", CITY, COUNTY, CENTER, STATION)]
            await sets.write(tx, sets.insert(OrgNameRow, known))
        yield harness


def a_lodging(org: str = STATION, **subject: Any) -> dict[str, Any]:
    return {"kind": "complaint", "subject": {"org": org, **subject}, "anonymous": True, "text": "态度恶劣"}


async def lodged(who: Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = await who.post("/complaints", body)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def arrives(
    harness: Harness, data: EventData, subject: str, *, source: str = "intake", actor: str = "clerk", sequence: int = 1
) -> None:
    """Have an event of another service take effect, as the subscriber does."""
    runtime = harness.runtime("complaints")
    event = compose(
        data,
        id=new_id(),
        source=source,
        subject=subject,
        sequence=sequence,
        time=runtime.clock.now(),
        region=CENTER,
        actor=actor,
    )
    async with runtime.database.transaction() as tx:
        await runtime.inbox.take(tx, [parse_event(event)], runtime.clock.now())


def registered(*named: str, org: str = CENTER) -> intake.CaseRegistered:
    item = ItemFacts(
        org=COUNTY,
        code="MZ-003",
        version=1,
        name="临时救助",
        category="civil",
        mode="promised",
        item_type="05",
        decide_level="center",
    )
    access = Access(org=org, accepting_org=CENTER, dept="civil")
    today = "2026-11-27"
    return intake.CaseRegistered.model_validate(
        {
            "access": access,
            "case_no": "C1",
            "item": item,
            "channel": "agent",
            "received_on": today,
            "staff": named,
        }
    )


async def member(harness: Harness, staff: str, org: str, *roles: str) -> None:
    await arrives(
        harness,
        routing.StaffChanged(org=org, roles=roles),
        f"staff/{staff}",
        source="routing",
        actor="admin",
    )


async def is_visible(who: Client, complaint: dict[str, Any]) -> bool:
    """Whether somebody sees a complaint; single view and list must agree."""
    listed = complaint["id"] in (await who.get("/complaints")).text
    assert ((await who.get(f"/complaints/{complaint['id']}")).status_code == 200) == listed
    return listed


async def until_known(who: Client, complaint: dict[str, Any]) -> None:
    async with asyncio.timeout(30):
        while (await who.get(f"/complaints/{complaint['id']}")).status_code != 200:
            await asyncio.sleep(0.02)


def several(harness: Harness, sub: str, org: str, *roles: Any) -> Client:
    token = harness.tokens.issue(Actor(sub, org, frozenset(roles)), sub, seconds=3600)
    return Client(harness.http, {"Authorization": f"Bearer {token}"})


async def test_g20_a_complaint_about_an_unknown_case_is_hidden_at_the_handling_org_until_its_events_arrive(
    harness: Harness,
) -> None:
    case = str(new_id())
    clerk = several(harness, "clerk", CENTER, "window", "manager")
    agent, head = several(harness, "agent", CENTER, "agent", "investigator"), harness.as_("manager", CENTER)
    county = harness.as_("manager", COUNTY)
    complaint = await lodged(harness.nobody, a_lodging(case_id=case))
    assert [await is_visible(who, complaint) for who in (clerk, agent, head, county)] == [False, False, False, True]
    assert (await clerk.post(f"/complaints/{complaint['id']}/accept", {})).status_code == 404
    await arrives(harness, registered("agent"), case)
    await until_known(head, complaint)
    assert [await is_visible(who, complaint) for who in (clerk, agent, head, county)] == [False, False, True, True]
    events = [parse_event(one.record.value or b"") async for one in harness.log.scan("bianmin.complaints")]
    announced = [event.data for event in events if isinstance(event.data, ComplaintLodged | ComplaintRecused)]
    first, last = announced[0], announced[-1]
    assert (first.awaits_case, last.awaits_case, last.recused) == (True, False, ("agent", "clerk"))


async def test_g20_the_first_event_of_a_case_recuses_whom_it_names(
    harness: Harness,
) -> None:
    case, complaints = str(new_id()), []
    for _ in range(3):
        complaints.append(await lodged(harness.nobody, a_lodging(case_id=case)))
    await arrives(harness, registered("agent"), case, actor="citizen")
    agent, head = harness.as_("manager", CENTER, sub="agent"), harness.as_("manager", CENTER)
    for complaint in complaints:
        await until_known(head, complaint)
        assert not await is_visible(agent, complaint)


async def test_g20_a_complaint_about_a_case_that_does_not_exist_opens_when_later_cases_have_arrived(
    harness: Harness,
) -> None:
    invented = await lodged(harness.nobody, a_lodging(case_id=str(uuid4())))
    head = harness.as_("manager", CENTER)
    await arrives(harness, registered(), str(new_id()))
    await asyncio.sleep(0.8)  # more than one look of the timer
    assert not await is_visible(head, invented)
    later = UUID(int=UUID(invented["id"]).int + (3_600_001 << 80))
    await arrives(harness, registered(), str(later))
    await until_known(head, invented)


async def test_g20_a_case_whose_event_is_held_is_waited_for(harness: Harness) -> None:
    case = str(new_id())
    complaint = await lodged(harness.nobody, a_lodging(case_id=case))
    async with harness.runtime("complaints").database.transaction() as tx:
        await run(
            tx,
            "INSERT INTO held (source, subject, sequence, state, reason, type, payload)"
            " VALUES ('/bianmin/intake', $1, 1, 'parked', '', '', '')",
            case,
        )
    await arrives(harness, registered(), str(UUID(int=UUID(complaint["id"]).int + (3_600_001 << 80))))
    await asyncio.sleep(0.8)  # more than one look of the timer
    assert not await is_visible(harness.as_("manager", CENTER), complaint)


async def test_g27_a_complaint_moves_above_the_house_of_the_accused_person(harness: Harness) -> None:
    await member(harness, "boss", COUNTY, "manager")
    known = await lodged(harness.nobody, a_lodging(staff_id="boss"))
    late = await lodged(harness.nobody, a_lodging(staff_id="chief"))
    county, city = harness.as_("manager", COUNTY), harness.as_("manager", CITY)
    assert [await is_visible(who, known) for who in (county, city)] == [False, True]
    assert await is_visible(county, late)
    await member(harness, "chief", COUNTY, "manager")
    assert [await is_visible(who, late) for who in (county, city)] == [False, True]


async def test_g10_only_a_known_investigator_outside_the_accused_unit_is_named(harness: Harness) -> None:
    await member(harness, "inv", COUNTY, "investigator")
    await member(harness, "head-of-accused", CENTER, "manager", "investigator")
    await member(harness, "window", COUNTY, "window")
    complaint = await lodged(harness.nobody, a_lodging(CENTER))
    path, head = f"/complaints/{complaint['id']}", harness.as_("manager", COUNTY)
    await head.post(f"{path}/accept", {})

    async def named(staff: str) -> tuple[int, str]:
        answer = await head.post(f"{path}/assign", {"investigator": staff})
        return answer.status_code, answer.json().get("type", "").rpartition(":")[2]

    assert await named("head-of-accused") == (409, "not-impartial")
    assert await named("window") == (422, "no-investigator")
    assert await named("nobody-at-all") == (422, "no-investigator")
    assert (await named("inv"))[0] == 200


async def test_g8_nothing_at_rest_tells_who_lodged_an_anonymous_complaint(harness: Harness) -> None:
    citizen = harness.as_("citizen", STATION, sub="citizen-4711")
    key = str(uuid4())
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    first = await citizen.post("/complaints", a_lodging(), key=key, headers=trace)
    assert (await citizen.post("/complaints", a_lodging(), key=key)).content == first.content
    code = first.json()["follow_code"]
    async with harness.runtime("complaints").database.reading() as tx:
        stored = await rows(tx, "SELECT client FROM idempotency")
        assert stored == [("",)]
        for (table,) in await rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'complaints'"):
            for (row,) in await rows(tx, f"SELECT t::text FROM {table} t"):
                for secret in ("citizen-4711", key, code, "态度恶劣", "0af7651916cd43dd8448eb211c80319c"):
                    assert secret not in row
                    assert secret.encode().hex() not in row
    announced = [one.record.value or b"" async for one in harness.log.scan("bianmin.complaints")]
    assert not any(b"0af7651916cd43dd8448eb211c80319c" in value or b"4711" in value for value in announced)


async def test_g8_answers_are_stored_encrypted_and_bound_to_their_key(harness: Harness) -> None:
    complaint = await lodged(harness.nobody, a_lodging(CENTER))
    head = harness.as_("manager", COUNTY)
    path = f"/complaints/{complaint['id']}/accept"
    first = await head.post(path, {}, key="k")
    async with harness.runtime("complaints").database.transaction() as tx:
        [(body,)] = await rows(tx, "SELECT body FROM idempotency WHERE key = 'k'")
        assert b"complaint_no" not in body
        # an answer of the release before, which was not encrypted
        await run(tx, "UPDATE idempotency SET body = $1, sealed = false WHERE key = 'k'", first.content)
    assert (await head.post(path, {}, key="k")).content == first.content


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "once",
        "00000000-0000-0000-0000-000000000000",
        "11111111-1111-1111-8111-111111111111",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "{2c1b1f5e-8c39-4d77-9f5a-2d1f0a2b3c4d}",
        "2c1b1f5e8c394d779f5a2d1f0a2b3c4d",
    ],
)
async def test_g9_the_key_of_an_anonymous_caller_must_be_a_random_uuid(harness: Harness, key: str) -> None:
    answer = await harness.nobody.post("/complaints", a_lodging(), key=key)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "UUID" in answer.text


async def test_g9_the_same_key_of_two_callers_gives_two_complaints(harness: Harness) -> None:
    callers = [harness.as_("citizen", STATION, sub="one"), harness.as_("citizen", STATION, sub="two"), harness.nobody]
    key = str(uuid4())
    answers = [await each.post("/complaints", a_lodging(), key=key) for each in callers]
    assert len({answer.json()["follow_code"] for answer in answers}) == 3
    signed_in = [await each.post("/complaints", a_lodging(), key="1") for each in callers[:2]]
    assert [answer.status_code for answer in signed_in] == [201, 201]
    assert len({answer.json()["follow_code"] for answer in signed_in}) == 2


async def test_g32_a_repeated_key_is_answered_only_while_its_actor_may_see_the_complaint(harness: Harness) -> None:
    case = str(new_id())
    await arrives(harness, registered(), case)
    complaint = await lodged(harness.nobody, a_lodging(case_id=case))
    path, head = f"/complaints/{complaint['id']}/accept", harness.as_("manager", CENTER, sub="head")
    accepted = await head.post(path, {}, key="k")
    assert (await head.post(path, {}, key="k")).content == accepted.content
    elsewhere = harness.as_("manager", "520112", sub="head")
    assert (await elsewhere.post(path, {}, key="k")).status_code == 422
    await arrives(harness, registered(), case, actor="head", sequence=2)
    lost = await head.post(path, {}, key="k")
    assert (lost.status_code, lost.json()["type"]) == (404, "urn:bianmin:problem:complaint-not-found")


async def test_g32_metrics_tell_nothing_of_what_happens_to_complaints(harness: Harness) -> None:
    complaint = await lodged(harness.nobody, a_lodging(CENTER))
    await harness.as_("manager", COUNTY).post(f"/complaints/{complaint['id']}/accept", {})
    shown = (await harness.http.get("/metrics")).text
    counted = [line for line in shown.splitlines() if line.startswith("http_requests_total")]
    assert [line for line in counted if "complaint" in line] == [
        'http_requests_total{method="(any)",route="(complaints)",status="2xx"} 2.0'
    ]
    assert "/complaints" not in shown


async def test_g8_keys_are_deleted_in_batches_after_two_days(harness: Harness) -> None:
    runtime = harness.runtime("complaints")
    for _ in range(5):
        await lodged(harness.nobody, a_lodging())
    async with runtime.database.transaction() as tx:
        await run(
            tx,
            "UPDATE idempotency SET created_at = now() - interval '49 hours'"
            " WHERE key IN (SELECT key FROM idempotency LIMIT 3)",
        )
    cleaner = type(runtime.key_cleaner)("complaints", runtime.database, runtime.settings.idempotency_days, size=2)
    assert [await cleaner.delete() for _ in range(3)] == [2, 1, 0]
    assert cleaner.deleted == 3
    async with runtime.database.reading() as tx:
        assert await rows(tx, "SELECT count(*) FROM idempotency") == [(2,)]
    assert 'idempotency_keys_deleted{service="complaints"}' in (await harness.http.get("/metrics")).text
