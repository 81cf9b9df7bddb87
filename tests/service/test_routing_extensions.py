"""Extensions and special procedures over HTTP: requests, answers, lists, cycles."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import deadlines
from bianmin.events.parts import ItemFacts
from bianmin.kit.db import rows
from bianmin.kit.ids import new_id
from services.routing.app import SERVICE
from tests.harness import Client, statements
from tests.service.routing_county import (
    CENTER,
    COUNTY,
    DAY,
    OTHER_CENTER,
    OTHER_STATION,
    PROVINCE,
    STATION,
    County,
    a_county,
    access,
    an_item,
    statements_of_requests,
    without,
)

WHY, ANSWER, REASON_TO_REOPEN, BASIS = "案情复杂，涉及李四家的林地", "同意，抓紧办理", "复议机关撤销", "复议决定书一号"
WHY_A_HEARING = "王五要求听证"
HEARING = {"kind": "hearing", "expected_days": 5, "reason": WHY_A_HEARING}
SECRETS = (WHY, ANSWER, REASON_TO_REOPEN, BASIS, WHY_A_HEARING)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        yield county


def a_licence() -> ItemFacts:
    item = an_item().model_dump() | {"item_type": "01", "legal": {"value": 20, "unit": "workday", "extension": 10}}
    return ItemFacts.model_validate(item)


async def start_clock(county: County, case: str, cycle: int = 1) -> None:
    started = deadlines.ClockStarted(
        clock_id=new_id(),
        subject_kind="case",
        kind="statutory",
        org=COUNTY,
        dept="civil",
        cycle=cycle,
        due_on=DAY.replace(day=30),
        due_at=datetime.fromisoformat("2026-03-31T00:00:00+08:00"),
        unit="workday",
        budget=20,
        started_on=DAY,
        calendar_version="CN/2026:1",
        provisional=False,
    )
    await county.publish([(case, started)], "deadlines")


async def a_licence_case(county: County, desk: str = STATION) -> str:
    case = await county.accept_case(a_licence(), access(desk))
    await start_clock(county, case)
    return case


def manager_of(county: County) -> Client:
    return county.harness.as_("manager", COUNTY)


async def request_extension(county: County, case: str, reason: str = WHY) -> str:
    answer = await county.decider.post(f"/cases/{case}/extensions", {"days": 10, "reason": reason})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def decide_and_reopen(county: County, case: str) -> None:
    await county.complete_open_task(case, county.reviewer, "agree")
    await county.complete_open_task(case, county.decider, "grant")
    again = await manager_of(county).post(f"/cases/{case}/reopen", {"reason": REASON_TO_REOPEN, "basis": BASIS})
    assert (again.status_code, again.json()["cycle"]) == (200, 2)
    await start_clock(county, case, cycle=2)


@pytest.mark.parametrize("act", ["approve", "reject"])
async def test_an_extension_of_an_earlier_cycle_is_not_answered_in_a_later_cycle(county: County, act: str) -> None:
    case = await a_licence_case(county)
    earlier = await request_extension(county, case)
    await decide_and_reopen(county, case)
    refused = await manager_of(county).post(f"/extensions/{earlier}/{act}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:bianmin:problem:extension-lapsed")
    assert "此前的办理" in refused.json()["detail"]
    assert "重新申请" in refused.json()["detail"]
    later = await request_extension(county, case)
    assert (await manager_of(county).post(f"/extensions/{later}/approve")).status_code == 200
    assert (await manager_of(county).post(f"/extensions/{earlier}/{act}")).status_code == 409
    extensions = (await county.route(case))["extensions"]
    assert [(each["id"], each["cycle"], each["status"]) for each in extensions] == [
        (earlier, 1, "lapsed"),
        (later, 2, "approved"),
    ]
    names = await county.event_names(case)
    assert [names.count(f"extension.{name}") for name in ("requested", "approved", "rejected")] == [2, 1, 0]


async def test_only_actors_who_may_see_the_case_read_the_reason_of_an_extension(county: County) -> None:
    case = await a_licence_case(county)
    procedure = (await county.decider.post(f"/cases/{case}/procedures", HEARING)).json()
    await county.decider.post(f"/cases/{case}/procedures/{procedure['id']}/end")
    id = await request_extension(county, case)
    answered = await manager_of(county).post(f"/extensions/{id}/approve", {"reason": ANSWER})
    assert answered.status_code == 200
    assert {"reason", "answer"} & answered.json().keys() == set(), "answers stored for retries are not encrypted"
    await decide_and_reopen(county, case)
    for who in (manager_of(county), county.decider, county.harness.as_("window", STATION), county.reviewer):
        route = await county.route(case, who)
        assert [(each["reason"], each["answer"]) for each in route["extensions"]] == [(WHY, ANSWER)]
        assert [each["reason"] for each in route["procedures"]] == [HEARING["reason"]]
        assert [each["reason"] for each in route["past"]] == [f"{REASON_TO_REOPEN}\n{BASIS}"]
    assert (await county.harness.as_("manager", OTHER_STATION).get(f"/cases/{case}/route")).status_code == 404
    for event in await county.announced():
        assert all(secret not in event.raw.decode() for secret in SECRETS)
    async with county.harness.runtime("routing").database.reading() as tx:
        for (table,) in await rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'routing'"):
            for (row,) in await rows(tx, f"SELECT t::text FROM {table} t"):
                for secret in SECRETS:
                    assert secret not in row
                    assert secret.encode().hex() not in row, f"{table} stores it unencrypted"


async def list_extensions(who: Client, **query: Any) -> list[dict[str, Any]]:
    answer = await who.get("/extensions", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_extensions_are_listed_for_actors_who_may_see_their_case(county: County) -> None:
    cases = [await a_licence_case(county) for _ in range(3)] + [await a_licence_case(county, OTHER_STATION)]
    ids = [await request_extension(county, case) for case in cases]
    await manager_of(county).post(f"/extensions/{ids[0]}/approve", {"reason": ANSWER})
    await manager_of(county).post(f"/extensions/{ids[1]}/reject")
    everything = await list_extensions(manager_of(county))
    assert [each["id"] for each in everything] == ids, "the oldest request comes first"
    assert without(everything[0], "id") == {
        "case_id": cases[0],
        "case_no": f"{STATION}-20260302-0001",
        "cycle": 1,
        "office": {"org": COUNTY, "dept": "civil"},
        "days": 10,
        "unit": "workday",
        "status": "approved",
        "reason": WHY,
        "requested_on": "2026-03-02",
        "requested_by": f"department-{COUNTY}-civil",
        "answer": ANSWER,
        "answered_on": "2026-03-02",
        "answered_by": f"manager-{COUNTY}",
    }
    assert (everything[2]["answer"], everything[2]["answered_on"], everything[2]["answered_by"]) == (None, None, None)
    assert [each["id"] for each in await list_extensions(manager_of(county), status="requested")] == ids[2:]
    assert [each["id"] for each in await list_extensions(manager_of(county), status="rejected", org=COUNTY)] == [ids[1]]
    assert await list_extensions(manager_of(county), org=CENTER) == [], "the county decides"
    assert [
        each["id"] for each in await list_extensions(county.harness.as_("supervisor", PROVINCE), org=PROVINCE)
    ] == ids
    assert [each["id"] for each in await list_extensions(county.reviewer)] == ids[:3], "invisible requests are left out"
    for outsider in (county.harness.as_("department", COUNTY, "land"), county.harness.as_("citizen", STATION)):
        assert await list_extensions(outsider) == []
    assert [each["id"] for each in await list_extensions(county.harness.as_("window", OTHER_CENTER, "civil"))] == ids[
        3:
    ]
    assert (await county.harness.nobody.get("/extensions")).status_code == 401
    assert (await manager_of(county).get("/extensions", status="lost")).status_code == 422


async def test_a_page_of_extensions_takes_one_statement(county: County) -> None:
    ids = [await request_extension(county, await a_licence_case(county)) for _ in range(3)]
    with statements(county.harness.runtime("routing").database) as sent:
        first = (await manager_of(county).get("/extensions", limit=2)).json()
    assert len(statements_of_requests(sent)) == 1, sent
    last = (await manager_of(county).get("/extensions", limit=2, cursor=first["next_cursor"])).json()
    assert [each["id"] for each in first["items"] + last["items"]] == ids
    assert last["next_cursor"] is None
    other = await manager_of(county).get("/extensions", limit=2, cursor=first["next_cursor"], status="requested")
    assert other.status_code == 400


@pytest.mark.parametrize("days", [True, "5", 5.0, 0, None])
async def test_the_days_of_an_extension_are_a_whole_number(county: County, days: Any) -> None:
    case = await a_licence_case(county)
    refused = await county.decider.post(f"/cases/{case}/extensions", {"days": days, "reason": WHY})
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, ["/days"])
    assert (await county.route(case))["extensions"] == []
