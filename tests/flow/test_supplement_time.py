"""How long a supplement is waited for, and what follows when it does not come, with all services."""

from datetime import date
from functools import partial
from typing import Any

from services.deadlines.domain.periods.period import Unit
from tests.county import CENTER, COUNTY, STATION
from tests.flow.environments import County
from tests.flow.steps import (
    clock_of,
    count_timeline,
    counted,
    ok,
    read_case,
    register_case,
    set_time,
    wait_for,
    wait_for_status,
)
from tests.reference_counter import end_of_days, works_in_china


async def test_a_supplement_that_never_comes_closes_the_case(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, "MZ-003", materials=0)
    notice = {"missing": [{"no": 1, "reason": "未提交"}]}
    shown = await ok(county.someone("window", STATION).post(f"/cases/{id}/supplement-notice", notice))
    assert shown["notice"]["wait_until"] == "2026-04-01"
    await set_time(county, "2026-04-01T23:59:58")
    assert (await read_case(county, id))["status"] == "supplement_requested"
    await set_time(county, "2026-04-02T00:00:01")
    case = await wait_for_status(county, id, "closed")
    assert (case["lapsed"], case["closed_on"]) == (True, "2026-04-02")
    assert (await count_timeline(county, id))["case.lapsed"] == 1


async def test_the_wait_for_a_supplement_ends_on_a_working_day_of_the_calendar(county: County) -> None:
    await set_time(county, "2026-05-21T10:00:00")
    id, kept = [await register_case(county, "MZ-003", materials=0) for _ in range(2)]
    village, notice = county.someone("window", STATION), {"missing": [{"no": 1, "reason": "未提交"}]}
    for each in (id, kept):
        await ok(village.post(f"/cases/{each}/supplement-notice", notice))
    case = await read_case(county, id)
    # 06-20 is a Saturday and in the Dragon Boat Festival (民法典 art. 203)
    assert case["notice"]["wait_until"] == end_of_wait("2026-05-21", 30) == "2026-06-22"
    assert (clock_of(case, "completeness")["state"], case["notice_due_on"]) == ("stopped", "2026-05-28")
    assert clock_of(case, "completeness", "supplement")["due_on"] == "2026-06-22"
    flood = {
        "status": "official",
        "source": "县政府通知",
        "days": [{"date": "2026-06-22", "kind": "off", "name": "防汛"}],
    }
    await ok(county.someone("admin", COUNTY).put(f"/calendars/{COUNTY}/years/2026", flood), 201)

    async def moved() -> Any:
        shown = [await read_case(county, each) for each in (id, kept)]
        return {case["notice"]["wait_until"] for case in shown} == {"2026-06-23"}

    await wait_for(moved)
    await set_time(county, "2026-06-23T23:59:58")
    assert (await read_case(county, id))["status"] == "supplement_requested"
    await ok(village.post(f"/cases/{kept}/materials", {"materials": [{"no": 1, "form": "copy"}]}))
    await set_time(county, "2026-06-24T00:00:01")
    case = await wait_for_status(county, id, "closed")
    assert (case["lapsed"], case["closed_on"], case["lamp"], case["cards"]) == (True, "2026-06-24", "green", [])
    case = await read_case(county, kept)
    assert (case["status"], clock_of(case, "completeness")["started_on"]) == ("registered", "2026-06-23")
    for each in (id, kept):
        window = clock_of(await wait_for(partial(_window_is_over, county, each)), "completeness", "supplement")
        assert (window["late"], window["lamp"]) == (False, "green")


async def _window_is_over(county: County, id: str) -> dict[str, Any] | None:
    case = await read_case(county, id)
    return case if clock_of(case, "completeness", "supplement")["state"] == "stopped" else None


async def test_a_timely_supplement_that_arrives_late_corrects_the_lapse(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, "MZ-003", materials=0)
    village = county.someone("window", STATION)
    await ok(village.post(f"/cases/{id}/supplement-notice", {"missing": [{"no": 1, "reason": "未提交"}]}))
    await set_time(county, "2026-04-02T09:00:00")
    await wait_for_status(county, id, "closed")
    await county.settles()
    assert await ended_in_april(county) == [1, 0]
    brought = {"materials": [{"no": 1, "form": "copy"}]}
    late = await village.post(f"/cases/{id}/materials", brought)
    assert (late.status_code, "2026-04-01" in late.json()["detail"]) == (409, True)
    await ok(village.post(f"/cases/{id}/materials", brought | {"received_on": "2026-04-01"}))
    case = await read_case(county, id)
    assert (case["status"], case["lapsed"], case["closed_on"]) == ("registered", False, None)
    assert case["received_on"] == "2026-04-01"
    completeness = clock_of(case, "completeness")
    assert (completeness["state"], completeness["due_on"]) == ("running", counted("2026-04-01", 5))
    counts = await count_timeline(county, id)
    assert (counts["case.lapsed"], counts["case.lapse_corrected"], counts["case.supplemented"]) == (1, 1, 1)
    assert await ended_in_april(county) == [0, 0]
    # it goes its way as any other
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await county.settles()
    running = [clock for clock in (await read_case(county, id))["clocks"] if clock["state"] == "running"]
    assert [(clock["kind"], clock["started_on"]) for clock in running] == [("promise", "2026-04-02")]


async def ended_in_april(county: County) -> list[int]:
    """How many cases lapsed and were closed on its first days."""
    head, days = county.someone("manager", COUNTY), {"from": "2026-04-01", "to": "2026-04-02"}
    total = (await ok(head.get("/reports/performance", org=COUNTY, **days)))["total"]
    return [total["lapsed"], total["closed"]]


def end_of_wait(start: str, days: int) -> str:
    return str(end_of_days(works_in_china, Unit.DAY, days, date.fromisoformat(start), set()))
