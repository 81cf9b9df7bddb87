"""Steps that the flow tests share: each speaks with the county over HTTP alone."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx2

from services.deadlines.domain.periods.period import Unit
from tests.county import CENTER, PROVINCE, STATION, a_registration
from tests.flow.environments import County
from tests.reference_counter import ONE_DAY, Works, end_of_days, works_in_china

SECONDS = 20
"""How long `wait_for` waits: timers look by themselves, not when a test wants them to."""


async def ok(request: Awaitable[httpx2.Response], status: int = 200) -> Any:
    """Return the JSON of the answer, which has to have this status."""
    answer = await request
    assert answer.status_code == status, answer.text
    return answer.json()


async def wait_for(read: Callable[[], Awaitable[Any]]) -> Any:
    """Return the first true value of `read`, called again and again."""
    async with asyncio.timeout(SECONDS):
        while not (found := await read()):
            await asyncio.sleep(0.02)
        return found


async def set_time(county: County, moment: str) -> None:
    """Set the business clock (`2026-03-02T10:00:00`, county time); return when the events that follow arrived."""
    await ok(county.someone("admin", PROVINCE).put("/dev/clock", {"now": f"{moment}+08:00"}))
    await county.settles()


async def register_case(county: County, item: str = "LY-001", materials: int = 1, **more: Any) -> str:
    """Register a case at the village station; return its id."""
    body = a_registration(item, materials=materials, **more)
    answer = await ok(county.someone("window", STATION).post("/cases", body), 201)
    return str(answer["id"])


async def read_case(county: County, id: str) -> dict[str, Any]:
    """Return the case as the center sees it, after all events arrived."""
    await county.settles()
    case: dict[str, Any] = await ok(county.someone("window", CENTER).get(f"/cases/{id}"))
    return case


async def wait_for_status(county: County, id: str, status: str) -> dict[str, Any]:
    """Return the case once it has this status."""
    return await _wait_for_field(county, id, "status", status)


async def wait_for_lamp(county: County, id: str, lamp: str) -> dict[str, Any]:
    """Return the case once its lamp has this color."""
    return await _wait_for_field(county, id, "lamp", lamp)


async def _wait_for_field(county: County, id: str, name: str, value: str) -> dict[str, Any]:
    async def read() -> dict[str, Any] | None:
        case = await read_case(county, id)
        return case if case[name] == value else None

    found: dict[str, Any] = await wait_for(read)
    return found


def clock_of(case: dict[str, Any], kind: str, stage: str | None = None) -> dict[str, Any]:
    """Return the latest clock of a kind and stage."""
    clocks = [clock for clock in case["clocks"] if (clock["kind"], clock["stage"]) == (kind, stage)]
    latest: dict[str, Any] = clocks[-1]
    return latest


async def count_timeline(county: County, id: str) -> Counter[str]:
    """Return how often each event stands in the timeline of a case; names as in `case.accepted`."""
    items = (await ok(county.someone("window", CENTER).get(f"/cases/{id}/timeline")))["items"]
    return Counter(entry["type"].removeprefix("cn.bianmin.").removesuffix(".v1") for entry in items)


async def open_task(county: County, org: str, case: str) -> str:
    """Return the id of the assigned task of a case at the civil office of an org."""
    tasks = (await ok(county.someone("department", org, "civil").get("/tasks", status="assigned")))["items"]
    [task] = [task["id"] for task in tasks if task["case_id"] == case]
    return str(task)


async def complete_task(county: County, org: str, case: str, opinion: str, **more: Any) -> Any:
    """Receive and complete the assigned task of a case at the civil office of an org; return the answer."""
    clerk = county.someone("department", org, "civil")
    task = await open_task(county, org, case)
    await ok(clerk.post(f"/tasks/{task}/receive"))
    if opinion == "deny":
        await file_denial(county, org, case)
    return await ok(clerk.post(f"/tasks/{task}/complete", {"opinion": opinion, **more}))


async def file_denial(county: County, org: str, case: str) -> None:
    """Have the head of the civil office at `org` agree to a denial of the case (否决报备)."""
    grounds = {"facts": "查明的事实", "reason": "不符合条件", "legal_basis": "《行政许可法》第三十八条"}
    clerk, head = county.someone("department", org, "civil"), county.someone("manager", org)
    filing = await ok(clerk.post(f"/cases/{case}/denial-filings", grounds), 201)
    await ok(head.post(f"/denial-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"}))


def counted(start: str, days: int, paused: tuple[str, str] | None = None, *, works: Works = works_in_china) -> str:
    """By the independent counter, which walks."""
    still = set()
    if paused:
        first, last = (date.fromisoformat(day) for day in paused)
        still = {first + ONE_DAY * n for n in range((last - first).days + 1)}
    return str(end_of_days(works, Unit.WORKDAY, days, date.fromisoformat(start), still))
