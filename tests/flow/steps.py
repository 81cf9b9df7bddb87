"""Steps of flow tests: what people of the county do over HTTP, and what they wait for."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tests.county import CENTER, PROVINCE, STATION, a_registration
from tests.flow.conftest import County


async def ok(awaited: Any, status: int = 200) -> Any:
    """Return the JSON of an answer; fail unless it has this status."""
    answer = await awaited
    assert answer.status_code == status, answer.text
    return answer.json()


async def complete_task(county: County, org: str, case: str, opinion: str, **more: Any) -> Any:
    """The office receives its open task of a case and completes it. Return the answer."""
    clerk = county.someone("department", org, "civil")
    task = await open_task(county, org, case)
    await ok(clerk.post(f"/tasks/{task}/receive"))
    return await ok(clerk.post(f"/tasks/{task}/complete", {"opinion": opinion, **more}))


async def open_task(county: County, org: str, case: str) -> str:
    """Return the id of the open task of a case at an office."""
    tasks = (await ok(county.someone("department", org, "civil").get("/tasks", status="assigned")))["items"]
    [mine] = [task["id"] for task in tasks if task["case_id"] == case]
    return str(mine)


async def set_clock(county: County, moment: str) -> None:
    """Move the business clock, and wait until every service has done what follows."""
    body = {"now": f"{moment}+08:00"}
    await ok(county.someone("admin", PROVINCE).put("/dev/clock", body))
    await county.settles()


async def wait_for(condition: Callable[[], Awaitable[Any]]) -> Any:
    """Return what `condition` returns as soon as that is true: timers act by themselves."""
    async with asyncio.timeout(20):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
        return found


async def case_of(county: County, id: str) -> dict[str, Any]:
    """Return the case as its center sees it, after every service has settled."""
    await county.settles()
    shown: dict[str, Any] = await ok(county.someone("window", CENTER).get(f"/cases/{id}"))
    return shown


async def case_with_status(county: County, id: str, status: str) -> dict[str, Any]:
    """Wait until the case has this status, and return it."""

    async def found() -> Any:
        shown = await case_of(county, id)
        return shown if shown["status"] == status else None

    shown: dict[str, Any] = await wait_for(found)
    return shown


def clock_of(case: dict[str, Any], kind: str, stage: str | None = None) -> dict[str, Any]:
    """Return the latest clock of a kind and stage."""
    found: dict[str, Any] = [clock for clock in case["clocks"] if (clock["kind"], clock["stage"]) == (kind, stage)][-1]
    return found


async def register(county: County, item: str = "LY-001", materials: int = 1, **more: Any) -> str:
    """The station registers a case. Return its id."""
    answer = await ok(
        county.someone("window", STATION).post("/cases", a_registration(item, materials=materials, **more)), 201
    )
    return str(answer["id"])


async def timeline_of(county: County, id: str) -> Counter[str]:
    """Return how often each event type is in the timeline of a case, without prefix and version."""
    items = (await ok(county.someone("window", CENTER).get(f"/cases/{id}/timeline")))["items"]
    return Counter(entry["type"].removeprefix("cn.bianmin.").removesuffix(".v1") for entry in items)
