"""Who may see a case, and where texts of people are stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bianmin.kit.db import rows
from services.routing.app import SERVICE
from tests.harness import Client
from tests.service.routing_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    County,
    a_county,
    without,
)

DENIAL = {"reason_code": "not_eligible", "legal_basis": "社会救助暂行办法第九条"}
SIGNATURE, NOTE = "张小三丰", "申请人张小三丰，电话 13000000001"


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        yield county


async def test_an_actor_without_access_cannot_learn_that_a_case_exists(county: County) -> None:
    case = await county.accept_case()
    task = await county.open_task(case)
    outsiders = [
        county.harness.as_("window", OTHER_CENTER, "civil"),
        county.harness.as_("manager", OTHER_STATION),
        county.harness.as_("department", COUNTY, "land"),
        county.harness.as_("citizen", STATION),
    ]
    acts: dict[str, Any] = {
        "receive": None,
        "start": None,
        "complete": {"opinion": "agree"},
        "return": {"reason": "x"},
    }
    delivery = {"method": "in_person", "signed_by": "x"}

    async def answers(who: Client, task: Any, case: Any) -> list[tuple[int, dict[str, Any]]]:
        answers = [await who.post(f"/tasks/{task}/{act}", body) for act, body in acts.items()]
        answers.append(await who.get(f"/cases/{case}/route"))
        answers.append(await who.post(f"/cases/{case}/deliver", delivery))
        return [(answer.status_code, without(answer.json(), "instance")) for answer in answers]

    for who in outsiders:
        visible, unknown = await answers(who, task, case), await answers(who, uuid4(), uuid4())
        assert visible == unknown
        assert {status for status, _ in visible} == {404}
        assert (await who.get("/tasks")).json() == {"items": [], "next_cursor": None}
    assert (await county.harness.nobody.get("/tasks")).status_code == 401


async def test_the_refusal_of_a_visible_task_names_its_office(county: County) -> None:
    task = await county.open_task(await county.accept_case())
    for who in (county.harness.as_("window", STATION), county.decider, county.harness.as_("supervisor", COUNTY)):
        answer = await who.post(f"/tasks/{task}/receive")
        assert answer.status_code == 403
        assert CENTER in answer.json()["detail"]


async def test_a_case_id_is_no_task_id(county: County) -> None:
    cases = [await county.accept_case(), await county.accept_case()]
    await county.open_task(cases[0])
    deliver = county.harness.as_("window", STATION).post(
        f"/cases/{cases[0]}/deliver", {"method": "in_person", "signed_by": "x"}
    )
    receive = county.reviewer.post(f"/tasks/{cases[0]}/receive")
    delivered, received = await asyncio.gather(deliver, receive)
    assert (delivered.status_code, received.status_code) == (409, 404)


async def test_texts_of_people_are_encrypted_and_not_announced(county: County) -> None:
    case = await county.accept_case()
    await county.complete_open_task(case, county.reviewer, "agree", note=NOTE)
    await county.complete_open_task(case, county.decider, "grant", note=NOTE)
    delivery = {"method": "in_person", "signed_by": SIGNATURE}
    delivered = await county.harness.as_("agent", STATION).post(f"/cases/{case}/deliver", delivery)
    assert SIGNATURE not in delivered.text
    route = await county.route(case, county.decider)
    assert [step["note"] for step in route["steps"]] == [NOTE, NOTE], "the offices of the route read the notes"
    assert route["delivered"] == {"method": "in_person", "delivered_on": "2026-03-02", "signed_by": "张**丰"}
    assert all(SIGNATURE.encode() not in event.raw for event in await county.announced())
    async with county.harness.runtime("routing").database.reading() as tx:
        for (table,) in await rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'routing'"):
            for (row,) in await rows(tx, f"SELECT t::text FROM {table} t"):
                for secret in (SIGNATURE, "13000000001"):
                    assert secret not in row
                    assert secret.encode().hex() not in row, f"{table} stores it unencrypted"
