"""Who does a task, over HTTP: assigned, transferred, objected to, verified; clerks who race; what was granted."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.ids import new_id
from services.routing.app import SERVICE
from tests.rounds import rounds
from tests.service.routing_county import CENTER, COUNTY, OTHER_CENTER, County, a_county, an_acceptance, an_item

REASON = {"reason": "申请人张小三丰是我的表兄"}


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        await county.import_orgs()
        for dept in ("civil", "land"):
            office = {"dept": dept, "name": dept}
            assert (await county.admin.post(f"/orgs/{CENTER}/offices", office)).status_code == 201
        clerk = {"id": "S-2", "name": "李四", "roles": ["department"], "dept": "civil"}
        assert (await county.admin.post(f"/orgs/{CENTER}/staff", clerk)).status_code == 201
        yield county


async def a_task(county: County, **facts: Any) -> tuple[str, str]:
    """A case that the center decides, and its task."""
    item = an_item("promised", "center").model_copy(update=facts)
    case = await county.accept_case(item)
    return case, await county.open_task(case)


async def test_the_head_assigns_and_the_clerk_signs(county: County) -> None:
    _, task = await a_task(county)
    head = county.harness.as_("manager", CENTER)
    assigned = await head.post(f"/tasks/{task}/assign", {"staff_id": "S-2"})
    assert (assigned.status_code, assigned.json()["assignee"], assigned.json()["status"]) == (200, "S-2", "assigned")
    taken = await county.reviewer.post(f"/tasks/{task}/receive")
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:bianmin:problem:task-taken")
    clerk = county.harness.as_("department", CENTER, "civil", sub="S-2")
    assert (await clerk.post(f"/tasks/{task}/receive")).status_code == 200
    unknown = await head.post(f"/tasks/{task}/assign", {"staff_id": "nobody"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/staff_id")
    assert (await head.post(f"/tasks/{task}/assign", {})).status_code == 422
    assert (await clerk.post(f"/tasks/{task}/assign", {"staff_id": "S-2"})).status_code == 403


async def test_a_misrouted_matter_is_objected_to_and_goes_where_the_superior_says(county: County) -> None:
    case, task = await a_task(county)
    objected = await county.reviewer.post(f"/tasks/{task}/object", REASON)
    assert objected.json()["objection"] == "raised"
    assert (await county.reviewer.post(f"/tasks/{task}/receive")).status_code == 409
    head = county.harness.as_("manager", CENTER)
    missing = await head.post(f"/tasks/{task}/assign", {"office": {"org": CENTER, "dept": "forest"}})
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (422, "office_unfit")
    moved = await head.post(f"/tasks/{task}/assign", {"office": {"org": CENTER, "dept": "land"}})
    assert moved.json()["status"] == "transferred"
    surveyor = county.harness.as_("department", CENTER, "land")
    [mine] = (await surveyor.get("/tasks", status="assigned")).json()["items"]
    assert mine["case_id"] == case
    assert (await county.reviewer.post(f"/tasks/{mine['id']}/receive")).status_code == 403
    assert (await surveyor.post(f"/tasks/{mine['id']}/receive")).status_code == 200
    back = {"org": CENTER, "dept": "civil", "reason": "不涉及占地"}
    assert (await surveyor.post(f"/tasks/{mine['id']}/transfer", back)).json()["status"] == "transferred"
    assert (await county.event_names(case))[-2:] == ["task.transferred", "task.assigned"]
    assert "表兄" not in str([event.raw for event in await county.announced(case)])


async def test_two_people_check_and_who_has_an_interest_leaves(county: County) -> None:
    _, task = await a_task(county, two_staff_check=True)
    await county.reviewer.post(f"/tasks/{task}/receive")
    early = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "grant"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:bianmin:problem:not-verified")
    assert (await county.reviewer.post(f"/tasks/{task}/recuse", REASON)).json()["status"] == "assigned"
    assert (await county.reviewer.post(f"/tasks/{task}/receive")).status_code == 403
    clerk = county.harness.as_("department", CENTER, "civil", sub="S-2")
    await clerk.post(f"/tasks/{task}/receive")
    assert (await clerk.post(f"/tasks/{task}/verify")).status_code == 403
    verified = await county.harness.as_("manager", CENTER).post(f"/tasks/{task}/verify")
    assert verified.json()["verified_by"] == f"manager-{CENTER}"
    assert (await clerk.post(f"/tasks/{task}/complete", {"opinion": "grant"})).status_code == 200


async def test_what_was_granted_stands_in_the_route_alone(county: County) -> None:
    case, task = await a_task(county)
    await county.reviewer.post(f"/tasks/{task}/receive")
    result = {"name": "食品经营许可证", "number": "JY25201230012345", "valid_until": "2031-03-01"}
    wrong = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "agree", "result": result})
    assert wrong.status_code == 422
    done = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "grant", "result": result})
    assert done.status_code == 200
    [step] = (await county.route(case))["steps"]
    assert step["result"] == result | {"file_id": None}
    assert "JY25201230012345" not in str([event.raw for event in await county.announced(case)])


async def test_clerks_who_race_do_each_task_once_and_the_slower_learns_who_was_faster(county: County) -> None:
    count = rounds(60, 500)
    cases = [str(new_id()) for _ in range(count)]
    await county.publish([(case, an_acceptance(an_item("promised", "center"))) for case in cases])
    tasks = [await county.open_task(case) for case in cases[:3]]
    rows: list[str] = []
    cursor = None
    while len(rows) < count:
        query = {"limit": 200, "status": "assigned", **({"cursor": cursor} if cursor else {})}
        page = (await county.reviewer.get("/tasks", **query)).json()
        rows += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(rows) == count
    assert set(tasks) <= set(rows)
    done: Counter[str] = Counter()
    slower: Counter[int] = Counter()

    async def clerk(n: int) -> None:
        mine = county.harness.as_("department", CENTER, "civil", sub=f"S-{n}")
        order = random.Random(n).sample(rows, len(rows))
        for task in order:
            received = await mine.post(f"/tasks/{task}/receive")
            if received.status_code == 200:
                completed = await mine.post(f"/tasks/{task}/complete", {"opinion": "grant"})
                assert completed.status_code == 200, completed.text
                done[task] += 1
            else:
                assert received.status_code == 409, received.text
                assert "S-" in received.json()["detail"], "it names who was faster"
                slower[n] += 1

    await asyncio.gather(*(clerk(n) for n in range(20)))
    assert done == Counter(rows)
    assert sum(slower.values()) == 19 * count


@pytest.mark.parametrize("act", ["assign", "transfer", "object", "verify", "recuse"])
async def test_a_task_of_another_township_does_not_exist(county: County, act: str) -> None:
    _, task = await a_task(county)
    body: dict[str, Any] = {
        "assign": {"staff_id": "S-2"},
        "transfer": {"org": OTHER_CENTER, "dept": "civil", "reason": "x"},
        "verify": {},
    }.get(act, REASON)
    for stranger in (county.harness.as_("manager", OTHER_CENTER), county.harness.as_("department", COUNTY, "land")):
        assert (await stranger.post(f"/tasks/{task}/{act}", body)).status_code == 404
