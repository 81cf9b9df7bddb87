"""One case through all services: registered, decided, delivered, under a clock, complained about, counted."""

import asyncio
from datetime import datetime

from bianmin.kit.time_source import TZ
from tests.county import CENTER, COUNTY, OTHER_CENTER, STATION, a_registration
from tests.flow.environments import County
from tests.flow.steps import complete_task, ok


async def test_a_case_from_the_village_to_the_county_and_back(anywhere: County) -> None:
    county = anywhere
    village, center = county.someone("window", STATION), county.someone("window", CENTER)
    case = await ok(village.post("/cases", a_registration("MZ-001", materials=2)), 201)
    path = f"/cases/{case['id']}"
    await ok(center.post(f"{path}/accept"))
    await county.settles()
    route = await ok(center.get(f"{path}/route"))
    assert [(step["kind"], step["office"]["org"], step["status"]) for step in route["steps"]] == [
        ("review", CENTER, "assigned"),
        ("decide", COUNTY, "planned"),
    ]
    await complete_task(county, CENTER, case["id"], "agree")
    await county.settles()
    await complete_task(county, COUNTY, case["id"], "grant")
    await county.settles()
    assert (await ok(village.get(path)))["status"] == "granted"
    await ok(center.post(f"{path}/deliver", {"method": "in_person", "signed_by": "张小三"}))
    await county.settles()
    shown = await ok(village.get(path))
    assert shown["status"] == "closed"
    assert {clock["kind"] for clock in shown["clocks"]} == {
        "completeness",
        "promise",
        "statutory",
        "step",
        "delivery",
    }
    assert {clock["state"] for clock in shown["clocks"]} == {"stopped"}
    timeline = [
        entry["type"].removeprefix("cn.bianmin.") for entry in (await ok(village.get(f"{path}/timeline")))["items"]
    ]
    assert len(timeline) == len(set(timeline)) + _repeated(timeline)
    for type in ("case.registered.v1", "case.accepted.v1", "route.planned.v1", "case.granted.v1", "case.closed.v1"):
        assert timeline.count(type) == 1
    assert "张小三" not in str(timeline)


def _repeated(timeline: list[str]) -> int:
    """Several tasks and clocks: their events come several times, each once for its own."""
    twice = ("task.assigned.v1", "task.received.v1", "task.completed.v1", "clock.started.v1", "clock.stopped.v1")
    return sum(timeline.count(type) - 1 for type in twice if type in timeline)


async def test_a_complaint_and_the_figures(anywhere: County) -> None:
    county = anywhere
    village = county.someone("window", STATION)
    before = await figures_of(county, CENTER)
    case = await ok(village.post("/cases", a_registration()), 201)
    await ok(county.someone("window", CENTER).post(f"/cases/{case['id']}/accept"))
    await county.settles()
    await complete_task(county, CENTER, case["id"], "deny", reason_code="not_eligible", legal_basis="社会救助暂行办法")
    complaint = await ok(
        county.nobody.post(
            "/complaints",
            {
                "kind": "complaint",
                "subject": {"org": CENTER, "case_id": case["id"]},
                "anonymous": True,
                "text": "不给办",
                "file_ids": [],
                "channel": "mobile",
            },
        ),
        201,
    )
    await county.settles()
    head = county.someone("manager", COUNTY)
    await ok(head.post(f"/complaints/{complaint['id']}/accept", {}))
    await ok(head.post(f"/complaints/{complaint['id']}/assign", {"investigator": "inv"}))
    investigator = county.someone("investigator", COUNTY, sub="inv")
    conclusion = {"outcome": "explained", "facts": "f", "reasons": "r", "legal_basis": "b"}
    await ok(investigator.post(f"/complaints/{complaint['id']}/conclude", conclusion))
    await ok(investigator.post(f"/complaints/{complaint['id']}/reply", {"text": "已说明"}))
    assert (await ok(county.nobody.get("/complaints/follow", code=complaint["follow_code"])))["reply"] == "已说明"
    await county.settles()
    clocks = (await ok(head.get("/clocks", org=COUNTY, kind="complaint")))["items"]
    running = {clock["stage"] for clock in clocks if clock["state"] == "running"}
    assert running == {"review_request"}, "of this and of every complaint before"
    accused = county.someone("manager", CENTER)
    assert (await accused.get(f"/complaints/{complaint['id']}")).status_code == 404
    assert (await ok(accused.get("/clocks", kind="complaint")))["items"] == []
    after = await figures_of(county, CENTER)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]
    assert "complaint" not in (await village.get(f"/cases/{case['id']}/timeline")).text


async def figures_of(county: County, org: str) -> list[int]:
    """Accepted, denied and complained about, this month."""
    lines = (await ok(county.someone("manager", COUNTY).get("/reports/performance", org=COUNTY)))["items"]
    found = [each for each in lines if each["org"] == org]
    return [found[0][name] for name in ("accepted", "denied", "complaints")] if found else [0, 0, 0]


async def test_a_withdrawal_after_acceptance_is_answered_by_routing(anywhere: County) -> None:
    county = anywhere
    village = county.someone("window", STATION)
    case = await ok(village.post("/cases", a_registration()), 201)
    await ok(county.someone("window", CENTER).post(f"/cases/{case['id']}/accept"))
    await county.settles()
    await ok(village.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"}), 202)
    await county.settles()
    shown = await ok(village.get(f"/cases/{case['id']}"))
    assert (shown["status"], shown["withdrawal_pending"]) == ("withdrawn", False)


async def test_a_clock_turns_yellow_and_red_once_as_time_passes(county: County) -> None:
    assert county.harness is not None
    clock = county.harness.runtime("intake").clock
    village, center = county.someone("window", STATION), county.someone("window", CENTER)
    clock.set(datetime(2026, 2, 12, 9, tzinfo=TZ))
    case = await ok(village.post("/cases", a_registration()), 201)
    await ok(center.post(f"/cases/{case['id']}/accept"))
    await county.settles()
    shown = await ok(village.get(f"/cases/{case['id']}"))
    # five working days over the Spring Festival: 13, 14 (make-up), 24, 25, 26 February
    assert [(each["kind"], each["due_on"], each["lamp"]) for each in shown["clocks"]] == [
        ("completeness", "2026-02-26", "green"),
        ("promise", "2026-02-26", "green"),
    ]
    for moment, lamp in ((datetime(2026, 2, 26, 8, tzinfo=TZ), "yellow"), (datetime(2026, 2, 27, 8, tzinfo=TZ), "red")):
        clock.set(moment)
        await _turns(county, case["id"], lamp)
    types = [entry["type"] for entry in (await ok(village.get(f"/cases/{case['id']}/timeline")))["items"]]
    assert types.count("cn.bianmin.clock.yellow.v1") == types.count("cn.bianmin.clock.red.v1") == 1


async def _turns(county: County, case: str, lamp: str) -> None:
    async with asyncio.timeout(20):
        while (await ok(county.someone("window", STATION).get(f"/cases/{case}")))["lamp"] != lamp:
            await asyncio.sleep(0.05)
    await county.settles()


async def test_a_window_of_another_township_sees_nothing_of_it_anywhere(county: County) -> None:
    case = await ok(county.someone("window", STATION).post("/cases", a_registration()), 201)
    await ok(county.someone("window", CENTER).post(f"/cases/{case['id']}/accept"))
    await county.settles()
    stranger = county.someone("window", OTHER_CENTER)
    for path in ("", "/route", "/timeline"):
        assert (await stranger.get(f"/cases/{case['id']}{path}")).status_code == 404
    for path in ("/cases", "/tasks", "/clocks"):
        assert (await ok(stranger.get(path)))["items"] == []
    assert (await ok(stranger.get("/clocks", case_id=case["id"])))["items"] == []
    land = county.someone("department", COUNTY, "land")
    for path in ("/cases", "/tasks", "/clocks"):
        assert (await ok(land.get(path)))["items"] == []
