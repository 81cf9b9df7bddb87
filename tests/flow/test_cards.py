"""Yellow and red cards, seen over HTTP alone, with the business clock moved."""

from typing import Any

from tests.county import CENTER, CITY, COUNTY, OTHER_CENTER, STATION
from tests.flow.environments import County
from tests.flow.steps import clock_of, complete_task, count_timeline, ok, read_case, register_case, set_time, wait_for


async def accepted(county: County, item: str = "LY-001") -> str:
    """On 2026-03-02: promised by 03-09, by law until 03-30."""
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, item)
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await read_case(county, id)
    return id


async def cards(county: County, id: str, number: int) -> list[dict[str, Any]]:
    """The cards of a case, the oldest first, once there are so many."""

    async def condition() -> Any:
        await county.settles()
        found = (await ok(county.someone("window", CENTER).get("/cards", case_id=id)))["items"]
        return found[::-1] if len(found) == number else None

    found: list[dict[str, Any]] = await wait_for(condition)
    return found


async def test_d28_a_missed_promise_brings_a_yellow_card_and_a_missed_order_a_red_one(
    county: County,
) -> None:
    id = await accepted(county)
    await set_time(county, "2026-03-10T09:00:00")
    [yellow] = await cards(county, id, 1)
    assert (yellow["level"], yellow["kind"], yellow["org"], yellow["dept"]) == ("yellow", "promise", CENTER, "civil")
    for viewer in (county.someone("window", STATION), county.someone("supervisor", CITY)):
        case = await read_case(county, id)
        assert (case["lamp"], clock_of(case, "promise")["lamp"], case["cards"][0]["id"]) == ("red", "red", yellow["id"])
        assert [one["id"] for one in (await ok(viewer.get("/cases", lamp="red")))["items"]] == [id]
        assert [one["kind"] for one in (await ok(viewer.get("/clocks", lamp="red")))["items"]] == ["promise"]
    timeline = (await ok(county.someone("window", CENTER).get(f"/cases/{id}/timeline")))["items"]
    events = [(entry["type"], entry["data"].get("notified")) for entry in timeline]
    assert events.count(("cn.bianmin.clock.red.v1", None)) == 1
    assert events.count(("cn.bianmin.card.issued.v1", [CENTER, COUNTY])) == 1, "the unit, and who is above it"
    order = (await ok(county.someone("window", CENTER).get("/clocks", case_id=id, kind="card")))["items"]
    assert [(clock["due_on"], clock["state"]) for clock in order] == [("2026-03-13", "running")]
    await set_time(county, "2026-03-14T00:00:01")
    yellow, red = await cards(county, id, 2)
    assert (red["level"], red["kind"]) == ("red", "card")
    case = await read_case(county, id)
    assert [(card["level"], card["status"]) for card in case["cards"]] == [("yellow", "issued"), ("red", "issued")]
    assert (await count_timeline(county, id))["card.issued"] == 2
    supervisor = county.someone("supervisor", COUNTY)
    above = await ok(supervisor.post(f"/cards/{red['id']}/revoke", {"reason": "已依法延期"}))
    assert above["status"] == "revoked"
    await county.settles()
    figures = (await ok(supervisor.get("/reports/performance", **{"from": "2026-03-01", "to": "2026-03-31"})))["items"]
    [center] = [line for line in figures if line["org"] == CENTER]
    assert (center["yellow_cards"], center["red_cards"], center["cards_revoked"]) == (1, 1, 1)


async def test_a_unit_that_obeys_the_order_gets_no_red_card(county: County) -> None:
    id = await accepted(county)
    await set_time(county, "2026-03-10T09:00:00")
    await cards(county, id, 1)
    await complete_task(county, CENTER, id, "grant")
    await county.settles()
    await set_time(county, "2026-03-20T09:00:00")
    await read_case(county, id)
    order = (await ok(county.someone("window", CENTER).get("/clocks", case_id=id, kind="card")))["items"]
    assert [clock["state"] for clock in order] == ["stopped"]
    assert len(await cards(county, id, 1)) == 1


async def test_a_card_is_appealed_by_its_unit_and_settled_by_a_unit_above_and_stays_on_record(county: County) -> None:
    id = await accepted(county)
    await set_time(county, "2026-03-10T09:00:00")
    [card] = await cards(county, id, 1)
    path = f"/cards/{card['id']}"
    why = {"reason": "系统停机"}
    head, above = county.someone("manager", CENTER, "civil"), county.someone("supervisor", COUNTY)
    assert (await county.someone("window", CENTER).post(f"{path}/appeal", why)).status_code == 403
    assert (await above.post(f"{path}/uphold", why)).status_code == 409, "nobody appealed yet"
    assert (await above.post(f"{path}/appeal", why)).status_code == 403
    await ok(head.post(f"{path}/appeal", why))
    assert (await head.post(f"{path}/appeal", why)).status_code == 409
    assert (await head.post(f"{path}/revoke", why)).status_code == 403, "never by the unit itself"
    revoked = await ok(above.post(f"{path}/revoke", {"reason": "情况属实"}))
    assert (revoked["status"], revoked["appeal"], revoked["settlement"]) == ("revoked", "系统停机", "情况属实")
    assert (await above.post(f"{path}/revoke", why)).status_code == 409
    assert (await ok(head.get("/cards", status="revoked")))["items"][0]["id"] == card["id"]
    order = (await ok(head.get("/clocks", case_id=id, kind="card")))["items"]
    assert [clock["state"] for clock in order] == ["stopped"], "what was ordered by it is not any more"
    case = await read_case(county, id)
    assert [card["status"] for card in case["cards"]] == ["revoked"]
    assert "系统停机" not in str(await ok(head.get(f"/cases/{id}/timeline")))


async def test_an_appeal_comes_within_ten_working_days(county: County) -> None:
    id = await accepted(county)
    await set_time(county, "2026-03-10T09:00:00")
    [card] = await cards(county, id, 1)
    assert card["appeal_by"] == "2026-03-25T00:00:00+08:00"
    await set_time(county, "2026-03-25T00:00:01")
    head = county.someone("manager", CENTER, "civil")
    late = await head.post(f"/cards/{card['id']}/appeal", {"reason": "迟了"})
    assert (late.status_code, "2026-03-24 24 时以前" in late.json()["detail"]) == (409, True)


async def test_two_yellow_cards_for_one_case_are_a_red_one(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    id = await register_case(county, "MZ-003")
    await read_case(county, id)
    await set_time(county, "2026-03-10T00:00:01")
    await cards(county, id, 1)
    await ok(county.someone("window", CENTER).post(f"/cases/{id}/accept"))
    await read_case(county, id)
    await set_time(county, "2026-03-18T00:00:01")
    found = await cards(county, id, 3)
    assert sorted((card["level"], card["reason"]) for card in found) == [
        ("red", "second_yellow"),
        ("yellow", "completeness"),
        ("yellow", "promise"),
    ]


async def test_a_card_is_seen_only_by_those_who_may_see_its_case(county: County) -> None:
    id = await accepted(county)
    await set_time(county, "2026-03-10T09:00:00")
    [card] = await cards(county, id, 1)
    for stranger in (county.someone("window", OTHER_CENTER), county.someone("department", COUNTY, "land")):
        assert (await ok(stranger.get("/cards")))["items"] == []
        assert (await stranger.get(f"/cards/{card['id']}")).status_code == 404
        assert (await stranger.get("/cards", case_id=id)).json()["items"] == []
    for viewer in (county.someone("window", STATION), county.someone("supervisor", CITY)):
        assert [one["id"] for one in (await ok(viewer.get("/cards")))["items"]] == [card["id"]]
    assert (await county.nobody.get("/cards")).status_code == 401


async def test_a_timely_act_that_arrives_late_revokes_the_card(county: County) -> None:
    id = await accepted(county, "MZ-003")
    await set_time(county, "2026-03-02T10:00:00")
    other = await register_case(county, "MZ-003", materials=0)
    await read_case(county, other)
    await set_time(county, "2026-03-10T09:00:00")
    await cards(county, id, 1)
    [card] = await cards(county, other, 1)
    notice = {"missing": [{"no": 1, "reason": "未提交"}], "noticed_on": "2026-03-09"}
    await ok(county.someone("window", STATION).post(f"/cases/{other}/supplement-notice", notice))
    await county.settles()
    [card] = await cards(county, other, 1)
    assert (card["status"], card["settled_reason"], card["settled_by"]) == ("revoked", "in_time", "system")
