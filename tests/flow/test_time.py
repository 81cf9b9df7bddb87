"""Time as the law reads it, seen over HTTP alone, with the business clock moved."""

import re
from datetime import date, datetime
from functools import partial
from typing import Any

from tests.county import CENTER, COUNTY, PROVINCE, STATION
from tests.flow.environments import County
from tests.flow.steps import (
    clock_of,
    complete_task,
    count_timeline,
    counted,
    ok,
    read_case,
    register_case,
    set_time,
    wait_for,
    wait_for_lamp,
    wait_for_status,
)
from tests.reference_counter import works_in_china


async def test_a_calendar_revised_while_a_clock_runs_moves_its_due_day(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county)
    await read_case(county, id)
    admin = county.someone("admin", COUNTY)
    festival = {
        "status": "official",
        "source": "县政府通知",
        "days": [{"date": "2026-03-09", "kind": "off", "name": "节日"}],
    }
    await ok(admin.put(f"/calendars/{COUNTY}/years/2026", festival), 201)
    await set_time(county, "2026-03-10T08:00:00")
    case = await wait_for(lambda: _due_on(county, id, "completeness", "2026-03-10"))
    assert case["status"] == "registered"
    await set_time(county, "2026-03-11T00:00:01")
    assert (await wait_for_status(county, id, "accepted"))["accepted_on"] == "2026-03-02"


async def _due_on(county: County, id: str, kind: str, day: str) -> dict[str, Any] | None:
    case = await read_case(county, id)
    return case if clock_of(case, kind)["due_on"] == day else None


async def test_a7_a_notice_during_the_holiday_moves_running_clocks_and_no_stopped_one(
    county: County,
) -> None:
    """As in January 2020: the holiday is made longer while it lasts, and a make-up Saturday is taken back."""
    await set_time(county, "2026-02-10T10:00:00")
    running, over = await register_case(county), await register_case(county)
    for id in (running, over):
        await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await county.settles()
    await complete_task(county, CENTER, over, "grant")
    await ok(
        county.someone("window", CENTER).post(f"/cases/{over}/deliver", {"method": "in_person", "signed_by": "张小三"})
    )
    before, after_it = await read_case(county, running), await wait_for_status(county, over, "closed")
    await set_time(county, "2026-02-16T10:00:00")
    admin = county.someone("admin", PROVINCE)
    year = await admin.get("/calendars/CN/years/2026")
    longer = {"2026-02-24", "2026-02-25", "2026-02-26"}
    days = [day for day in year.json()["days"] if day["date"] != "2026-02-28"]
    days += [{"date": day, "kind": "off", "name": "春节延长假期"} for day in longer]
    notice = {"status": "official", "source": "关于延长春节假期的通知", "days": days}
    await ok(admin.put("/calendars/CN/years/2026", notice, etag=year.headers["etag"]))

    def works(day: date) -> bool:
        return str(day) not in {*longer, "2026-02-28"} and works_in_china(day)

    ends = {"promise": counted("2026-02-10", 5, works=works), "statutory": counted("2026-02-10", 20, works=works)}
    for kind, due_on in ends.items():
        await wait_for(partial(_due_on, county, running, kind, due_on))
    items = (await ok(county.someone("window", CENTER).get(f"/cases/{running}/timeline")))["items"]
    moved = [entry["data"] for entry in items if entry["type"] == "cn.bianmin.clock.rescheduled.v1"]
    assert {(one["kind"], one["previous_due_on"], one["due_on"], one["reason_code"]) for one in moved} == {
        (kind, clock_of(before, kind)["due_on"], due_on, "calendar") for kind, due_on in ends.items()
    }
    assert len(moved) == 2
    seen = await ok(county.nobody.get("/track", case_no=before["case_no"], id_tail="000X"))
    assert f"承诺时限调整为 {ends['promise']} 到期" in [step["text"] for step in seen["steps"]]
    assert await read_case(county, over) == after_it


async def test_b3_every_moment_has_its_offset_and_is_equal_in_every_zone(county: County) -> None:
    await set_time(county, "2026-03-02T00:30:00")  # still the day before in UTC
    id = await register_case(county)
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await read_case(county, id)
    await set_time(county, "2026-03-20T00:30:00")  # the promise is late, and has a card
    case = await wait_for_lamp(county, id, "red")
    reader = county.someone("supervisor", PROVINCE)
    promise = next(one for one in (await ok(reader.get("/clocks", case_id=id)))["items"] if one["kind"] == "promise")
    answers = [
        await ok(client.get(path, **query))
        for client, path, query in (
            (county.someone("window", CENTER), f"/cases/{id}", {}),
            (county.someone("window", CENTER), "/cases", {}),
            (county.someone("window", CENTER), f"/cases/{id}/timeline", {}),
            (county.someone("department", CENTER, "civil"), "/tasks", {}),
            (county.nobody, "/track", {"case_no": case["case_no"], "id_tail": "000X"}),
            (county.nobody, "/calendars/CN/due", {"start": "2026-03-02", "days": 5}),
            (reader, "/clocks", {}),
            (reader, f"/clocks/{promise['id']}/explain", {}),
            (reader, "/cards", {}),
        )
    ]
    shown = [moment for answer in answers for moment in moments_in(answer)]
    assert len(shown) > 50
    assert [moment for moment in shown if moment.utcoffset() is None] == []
    assert (promise["started_on"], promise["due_on"]) == ("2026-03-02", "2026-03-09")
    due_at = datetime.fromisoformat(promise["due_at"])
    assert due_at == datetime.fromisoformat("2026-03-10T00:00:00+08:00")
    for offset, here in (
        ("+06:00", "2026-03-09T22:00:00"),
        ("+01:00", "2026-03-09T17:00:00"),
        ("Z", "2026-03-09T16:00:00"),
    ):
        found = await ok(reader.get("/clocks", case_id=id, due_before=f"{here}{offset}"))
        assert found["items"] == []
        found = await ok(reader.get("/clocks", case_id=id, due_before=f"{here}.000001{offset}"))
        assert {one["kind"] for one in found["items"]} == {"completeness", "promise"}
        assert (await reader.get("/clocks", case_id=id, due_before=here)).status_code == 422


def moments_in(answer: Any) -> list[datetime]:
    """Everything in an answer that is a moment."""
    match answer:
        case dict():
            return [moment for value in answer.values() for moment in moments_in(value)]
        case list():
            return [moment for value in answer for moment in moments_in(value)]
        case str() if re.match(r"\d{4}-\d\d-\d\d[T ]", answer):
            return [datetime.fromisoformat(answer)]
    return []


async def test_a_list_of_yellow_cases_finds_a_case_again_when_its_longer_period_ends(
    county: County,
) -> None:
    center = county.someone("window", CENTER)
    office, head = county.someone("department", CENTER, "civil"), county.someone("manager", CENTER, "civil")

    async def yellow_ones() -> list[str]:
        return [case["id"] for case in (await ok(center.get("/cases?lamp=yellow")))["items"]]

    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county)
    await ok(center.post(f"/cases/{id}/accept"))
    await read_case(county, id)  # the acceptance has stopped the completeness clock before its time comes
    await set_time(county, "2026-03-09T10:00:00")
    await wait_for_lamp(county, id, "yellow")
    asked = await ok(office.post(f"/cases/{id}/extensions", {"days": 10, "reason": "案情复杂"}), 201)
    await ok(head.post(f"/extensions/{asked['id']}/approve"))
    await wait_for_lamp(county, id, "green")
    assert await yellow_ones() == []
    await set_time(county, "2026-03-23T10:00:00")
    await wait_for_lamp(county, id, "yellow")
    assert await yellow_ones() == [id]
    steps = await count_timeline(county, id)
    assert (steps["clock.yellow"], steps["clock.lamp_turned"]) == (1, 1)


async def test_c4_c7_c19_pause_over_spring_festival_extension_supplement_and_reopening_of_one_case(
    county: County,
) -> None:
    """The dates are those of the independent counter (`tests.reference_counter`)."""
    village, center = county.someone("window", STATION), county.someone("window", CENTER)
    office, head = county.someone("department", CENTER, "civil"), county.someone("manager", CENTER, "civil")
    await set_time(county, "2026-01-26T10:00:00")
    id = await register_case(county, materials=0)
    await set_time(county, "2026-01-28T10:00:00")
    await ok(village.post(f"/cases/{id}/supplement-notice", {"missing": [{"no": 1, "reason": "未提交"}]}))
    await set_time(county, "2026-02-02T10:00:00")
    await ok(village.post(f"/cases/{id}/materials", {"materials": [{"no": 1, "form": "copy"}]}))
    case = await read_case(county, id)
    assert (case["status"], case["received_on"]) == ("registered", "2026-02-02")
    assert clock_of(case, "completeness")["due_on"] == "2026-02-09"
    await set_time(county, "2026-02-04T10:00:00")
    await ok(center.post(f"/cases/{id}/accept"))
    case = await read_case(county, id)
    # 02-05…02-11 and the make-up Saturday 02-14 count
    assert clock_of(case, "statutory")["due_on"] == counted("2026-02-04", 20)
    await set_time(county, "2026-02-12T10:00:00")
    hearing = {"kind": "hearing", "expected_days": 8, "reason": "申请人要求听证"}
    started = await ok(office.post(f"/cases/{id}/procedures", hearing), 201)
    case = await read_case(county, id)
    assert (case["status"], clock_of(case, "statutory")["state"], clock_of(case, "statutory")["due_on"]) == (
        "paused",
        "paused",
        None,
    )
    assert [one["expected_days"] for one in case["procedures"]] == [8]
    await set_time(county, "2026-02-26T16:00:00")
    await ok(office.post(f"/cases/{id}/procedures/{started['id']}/end"))
    case = await read_case(county, id)
    paused = ("2026-02-12", "2026-02-26")
    assert case["status"] == "in_progress"
    assert clock_of(case, "statutory")["due_on"] == counted("2026-02-04", 20, paused)
    assert clock_of(case, "promise")["due_on"] == counted("2026-02-04", 5, paused)
    await set_time(county, "2026-03-03T10:00:00")
    asked = await ok(office.post(f"/cases/{id}/extensions", {"days": 10, "reason": "案情复杂"}), 201)
    assert (await office.post(f"/extensions/{asked['id']}/approve")).status_code == 403
    await ok(head.post(f"/extensions/{asked['id']}/approve"))
    again = await office.post(f"/cases/{id}/extensions", {"days": 5, "reason": "再延"})
    assert again.status_code == 409
    case = await read_case(county, id)
    statutory = clock_of(case, "statutory")
    assert statutory["due_on"] == counted("2026-02-04", 30, paused)
    shown = await ok(center.get(f"/clocks/{statutory['id']}/explain"))
    [pause], [moved] = shown["pauses"], shown["moves"]
    citizen = await ok(county.nobody.get(f"/public/clocks/{statutory['id']}"))
    assert (citizen["text"], citizen["days"], citizen["due_on"]) == (shown["text"], shown["days"], statutory["due_on"])
    assert (await county.nobody.get(f"/public/clocks/{id}")).status_code == 404
    assert (pause["first"], pause["last"], pause["reason"], pause["evidence"] is None) == (*paused, "hearing", False)
    assert (moved["reason"], moved["extended_by"], moved["due_on"]) == ("extension", 10, statutory["due_on"])
    assert moved["previous_due_on"] == counted("2026-02-04", 20, paused)
    assert "依法延长10个工作日" in shown["text"]
    await set_time(county, "2026-03-20T10:00:00")
    await complete_task(county, CENTER, id, "deny", reason_code="not_eligible", legal_basis="森林法")
    case = await read_case(county, id)
    assert clock_of(case, "delivery")["due_on"] == counted("2026-03-20", 10)
    await set_time(county, "2026-04-20T10:00:00")
    await ok(head.post(f"/cases/{id}/reopen", {"reason": "复议撤销", "basis": "行政复议决定书"}))
    case = await read_case(county, id)
    assert (case["status"], case["cycle"], case["decided_on"]) == ("accepted", 2, None)
    assert clock_of(case, "statutory")["due_on"] == counted("2026-04-20", 20)
    assert clock_of(case, "statutory")["cycle"] == 2
    await complete_task(county, CENTER, id, "grant")
    await ok(center.post(f"/cases/{id}/deliver", {"method": "in_person", "signed_by": "张小三"}))
    case = await read_case(county, id)
    assert (case["status"], {clock["state"] for clock in case["clocks"]}) == ("closed", {"stopped"})
    steps = await count_timeline(county, id)
    for step in (
        "case.registered",
        "case.supplement_requested",
        "case.supplemented",
        "case.accepted",
        "procedure.started",
        "procedure.ended",
        "extension.requested",
        "extension.approved",
        "case.denied",
        "case.reopened",
        "case.granted",
        "case.delivered",
        "case.closed",
    ):
        assert steps[step] == 1, step
    # the promise was missed on 02-11 already: nothing stops or moves it any more (C11), but what its card ordered
    assert (steps["clock.paused"], steps["clock.resumed"], steps["clock.extended"]) == (2, 2, 1)
