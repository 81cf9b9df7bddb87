"""Lists of tasks: filters, pages, the change feed, the number of statements."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.ids import new_id
from services.routing.app import SERVICE
from tests.harness import Client, statements
from tests.service.routing_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    County,
    a_county,
    access,
    an_acceptance,
    an_item,
    statements_of_requests,
)

DENIAL = {"reason_code": "not_eligible", "legal_basis": "社会救助暂行办法第九条"}
SIGNATURE, NOTE = "张小三丰", "申请人张小三丰，电话 13000000001"


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        yield county


async def test_the_task_list_is_filtered_and_paged_with_the_oldest_first(county: County) -> None:
    cases = [await county.accept_case() for _ in range(3)]
    far = await county.accept_case(where=access(OTHER_STATION))
    await county.complete_open_task(cases[0], county.reviewer, "agree")
    await county.reviewer.post(f"/tasks/{await county.open_task(cases[1])}/receive")

    async def list_tasks(who: Client, **query: Any) -> list[tuple[str, str]]:
        answer = await who.get("/tasks", **query)
        assert answer.status_code == 200, answer.text
        return [(each["case_id"], each["status"]) for each in answer.json()["items"]]

    supervisor = county.harness.as_("supervisor", COUNTY)
    assert await list_tasks(supervisor, org=CENTER) == list(zip(cases, ["done", "received", "assigned"], strict=True))
    assert await list_tasks(supervisor, org=CENTER, status="assigned") == [(cases[2], "assigned")]
    waiting = [(cases[0], "assigned"), (cases[2], "assigned"), (far, "assigned")]
    assert await list_tasks(supervisor, org=COUNTY, status="assigned") == waiting, (
        "the case that was accepted first comes first"
    )
    assert await list_tasks(supervisor, assignee=f"window-{CENTER}-civil") == [
        (cases[0], "done"),
        (cases[1], "received"),
    ]
    assert await list_tasks(supervisor, dept="land") == []
    assert len(await list_tasks(supervisor, dept="civil")) == 8
    assert await list_tasks(county.reviewer, org=OTHER_CENTER) == [], "invisible tasks are left out"
    assert len(await list_tasks(county.harness.as_("window", STATION))) == 6, "the registering desk sees its cases"
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await supervisor.get("/tasks", limit=3, **({"cursor": cursor} if cursor else {}))).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8
    assert seen == sorted(seen)
    first = (await supervisor.get("/tasks", limit=3)).json()["next_cursor"]
    assert (await supervisor.get("/tasks", limit=3, cursor=first, dept="civil")).status_code == 400
    assert (await county.reviewer.get("/tasks", limit=3, cursor=first)).status_code == 400
    assert (await supervisor.get("/tasks", status="lost")).status_code == 422


async def test_the_change_feed_is_in_the_order_of_change(county: County) -> None:
    cases = [await county.accept_case(an_item("promised", "center")) for _ in range(3)]
    await county.reviewer.post(f"/tasks/{await county.open_task(cases[0])}/receive")
    integrator = county.harness.as_("integrator", COUNTY)
    feed = (await integrator.get("/tasks", updated_since="2020-01-01T00:00:00+08:00")).json()["items"]
    assert [each["case_id"] for each in feed] == [cases[1], cases[2], cases[0]]
    since = feed[-1]["updated_at"]
    assert [each["case_id"] for each in (await integrator.get("/tasks", updated_since=since)).json()["items"]] == [
        cases[0]
    ]
    assert (await integrator.get("/tasks", updated_since="2020-01-01T00:00:00")).status_code == 422


async def test_statements_per_request_are_few(county: County) -> None:
    database = county.harness.runtime("routing").database
    case = await county.accept_case()
    task = await county.open_task(case)
    with statements(database) as sent:
        assert (await county.reviewer.post(f"/tasks/{task}/receive")).status_code == 200
    assert len(statements_of_requests(sent)) <= 6, sent
    for path, most in (
        (f"/cases/{case}/route", 2),
        ("/tasks", 1),
        ("/tasks?updated_since=2020-01-01T00:00:00%2B08:00", 2),
    ):
        with statements(database) as sent:
            assert (await county.reviewer.get(path)).status_code == 200
        assert len(statements_of_requests(sent)) <= most, sent


async def test_many_acceptances_are_planned_in_one_transaction(county: County) -> None:
    database = county.harness.runtime("routing").database
    cases = [str(new_id()) for _ in range(200)]
    with statements(database) as sent:
        await county.publish([(case, an_acceptance()) for case in cases])
    planned = [each for each in sent if "INSERT INTO route " in each]
    assert 1 <= len(planned) <= 4, "a few batches instead of a transaction for each case"
    assert len(await county.announced()) == 400
