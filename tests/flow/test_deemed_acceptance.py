"""Silence about an application: deemed acceptance of a licence and its correction, with all services."""

from typing import Any

from tests.county import CENTER, STATION
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


async def test_silence_about_a_licence_is_acceptance_from_the_day_of_receipt(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county)
    assert clock_of(await read_case(county, id), "completeness")["due_on"] == "2026-03-09"
    await set_time(county, "2026-03-09T23:59:59")
    assert (await read_case(county, id))["status"] == "registered"
    await set_time(county, "2026-03-10T00:00:01")
    case = await wait_for_status(county, id, "accepted")
    assert (case["deemed"], case["accepted_on"], case["received_on"]) == (True, "2026-03-02", "2026-03-02")

    async def clocks_run() -> Any:
        found = await read_case(county, id)
        return found if {"promise", "statutory"} <= {clock["kind"] for clock in found["clocks"]} else None

    case = await wait_for(clocks_run)
    assert clock_of(case, "statutory")["due_on"] == "2026-03-30"
    assert (clock_of(case, "completeness")["state"], clock_of(case, "completeness")["lamp"]) == ("stopped", "red")
    counts = await count_timeline(county, id)
    assert (counts["case.deemed_accepted"], counts["case.accepted"], counts["route.planned"]) == (1, 0, 1)


async def test_a_notice_on_the_last_day_stops_the_completeness_clock(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, materials=0)
    await set_time(county, "2026-03-09T17:59:00")
    notice = {"missing": [{"no": 1, "reason": "未提交"}]}
    await ok(county.someone("window", STATION).post(f"/cases/{id}/supplement-notice", notice))
    await set_time(county, "2026-03-20T10:00:00")
    case = await read_case(county, id)
    assert (case["status"], case["deemed"]) == ("supplement_requested", False)
    assert (clock_of(case, "completeness")["state"], clock_of(case, "completeness")["late"]) == ("stopped", False)


async def test_silence_about_another_item_is_a_breach_and_no_acceptance(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, "MZ-003")
    await set_time(county, "2026-03-10T00:00:01")

    case = await wait_for_lamp(county, id, "red")
    assert (case["status"], case["deemed"]) == ("registered", False)
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))


async def test_a_timely_notice_that_arrives_late_corrects_the_deeming(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, materials=0)
    await read_case(county, id)
    await set_time(county, "2026-03-10T00:00:01")
    await wait_for_status(county, id, "accepted")
    village = county.someone("window", STATION)
    notice = {"missing": [{"no": 1, "reason": "未提交"}], "noticed_on": "2026-03-10"}
    assert (await village.post(f"/cases/{id}/supplement-notice", notice)).status_code == 409
    await ok(village.post(f"/cases/{id}/supplement-notice", notice | {"noticed_on": "2026-03-09"}))
    case = await read_case(county, id)
    assert (case["status"], case["deemed"], case["accepted_on"]) == ("supplement_requested", False, None)
    assert clock_of(case, "completeness")["late"] is False
    # nothing runs but the wait for what is missing
    assert [clock["stage"] for clock in case["clocks"] if clock["state"] == "running"] == ["supplement"]
    counts = await count_timeline(county, id)
    assert (counts["case.deemed_accepted"], counts["case.deeming_corrected"], counts["route.voided"]) == (1, 1, 1)
    # accepted at last, its route starts again
    await ok(village.post(f"/cases/{id}/materials", {"materials": [{"no": 1, "form": "copy"}]}))
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await county.settles()
    await complete_task(county, CENTER, id, "grant")
    case = await read_case(county, id)
    assert (case["status"], case["accepted_on"]) == ("granted", "2026-03-10")


async def test_a_timely_acceptance_that_arrives_late_corrects_the_deeming(county: County) -> None:
    await set_time(county, "2026-06-22T10:00:00")
    id = await register_case(county, received_on="2026-06-10", materials=0)

    async def promise_is_missed() -> Any:
        found = await read_case(county, id)
        return found if len(found["cards"]) == 3 else None

    case = await wait_for(promise_is_missed)
    assert (case["deemed"], case["accepted_on"], case["notice_due_on"]) == (True, "2026-06-10", "2026-06-17")
    center = county.someone("window", CENTER)
    too_late = await center.post(f"/cases/{id}/accept", {"accepted_on": "2026-06-18"})
    assert (too_late.status_code, "2026-06-17" in too_late.json()["detail"]) == (409, True)
    in_time = {"accepted_on": "2026-06-12"}
    assert (await center.post(f"/cases/{id}/accept", in_time)).status_code == 409, "a paper is missing"
    brought = {"materials": [{"no": 1, "form": "copy"}], "received_on": "2026-06-11"}
    await ok(center.post(f"/cases/{id}/materials", brought))
    await ok(center.post(f"/cases/{id}/accept", in_time))

    async def clocks_run() -> Any:
        found = await read_case(county, id)
        return found if clock_of(found, "statutory")["started_on"] == "2026-06-12" else None

    case = await wait_for(clocks_run)
    assert (case["deemed"], case["accepted_on"], case["received_on"]) == (False, "2026-06-12", "2026-06-10")
    assert clock_of(case, "statutory")["due_on"] == counted("2026-06-12", 20) == "2026-07-13"
    assert (clock_of(case, "completeness")["late"], clock_of(case, "completeness")["lamp"]) == (False, "green")
    assert {card["status"] for card in case["cards"]} == {"revoked"}
    counts = await count_timeline(county, id)
    assert (counts["case.deeming_corrected"], counts["case.accepted"], counts["route.voided"]) == (1, 1, 1)
    # decided, there is nothing to correct any more
    await complete_task(county, CENTER, id, "grant")
    again = await center.post(f"/cases/{id}/accept", {"accepted_on": "2026-06-11"})
    assert again.status_code == 409
    assert (await read_case(county, id))["accepted_on"] == "2026-06-12"
