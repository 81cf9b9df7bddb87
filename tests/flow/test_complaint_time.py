"""The periods of a complaint over HTTP alone, with the business clock moved (信访工作条例 art. 22-36)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.deadlines.domain.periods.period import Unit
from tests.county import CENTER, CITY, COUNTY, OTHER_CENTER, PROVINCE
from tests.flow.environments import County
from tests.flow.steps import ok, set_time, wait_for
from tests.reference_counter import end_of_days, works_in_china

CONCLUSION = {"outcome": "not_supported", "facts": "不属实", "reasons": "符合规定", "legal_basis": "信访工作条例"}


def counted(start: str, days: int, unit: Unit = Unit.DAY) -> str:
    """Return the last day of a period, by the independent counter."""
    return str(end_of_days(works_in_china, unit, days, date.fromisoformat(start), set()))


async def lodged(county: County, org: str = CENTER, **more: Any) -> dict[str, Any]:
    body = {"kind": "complaint", "subject": {"org": org}, "anonymous": True, "text": "态度恶劣", "channel": "mobile"}
    sender = county.someone("integrator", CITY) if more.get("channel") == "hotline" else county.nobody
    complaint: dict[str, Any] = await ok(sender.post("/complaints", {**body, **more}), 201)
    return complaint


async def due(county: County, complaint: str, stage: str, state: str = "running") -> str:
    """Return the last day of a period, once its clock is in that state."""

    async def clock() -> Any:
        found = (await ok(county.someone("supervisor", PROVINCE).get("/clocks", case_id=complaint)))["items"]
        return next((each for each in found if each["stage"] == stage and each["state"] == state), None)

    found = await wait_for(clock)
    return str(found["due_on"])


async def follow(county: County, complaint: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await ok(county.nobody.get("/complaints/follow", code=complaint["follow_code"]))
    return found


async def answered(county: County, path: str, org: str, investigator: str) -> None:
    head, who = county.someone("manager", org), county.someone("investigator", org, sub=investigator)
    await ok(head.post(f"{path}/assign", {"investigator": investigator}))
    await ok(who.post(f"{path}/conclude", CONCLUSION))
    await ok(who.post(f"{path}/reply", {"text": f"{investigator}的答复"}))


async def test_a_complaint_is_extended_answered_and_reviewed_twice(county: County) -> None:
    await set_time(county, "2026-01-20T10:00:00")
    complaint = await lodged(county)
    path, head = f"/complaints/{complaint['id']}", county.someone("manager", COUNTY)
    assert await due(county, complaint["id"], "acceptance") == counted("2026-01-20", 15)
    assert await due(county, complaint["id"], "return") == counted("2026-01-20", 5, Unit.WORKDAY)
    await set_time(county, "2026-02-03T10:00:00")
    await ok(head.post(f"{path}/accept", {}))
    assert await due(county, complaint["id"], "handling") == counted("2026-02-03", 60) == "2026-04-07"
    # the extension: by the head, once, before the end, and the complainant reads why
    more = {"days": 30, "reason": "案情复杂"}
    for role, status in (("investigator", 403), ("supervisor", 403)):
        assert (await county.someone(role, COUNTY).post(f"{path}/extend", more)).status_code == status
    assert (await head.post(f"{path}/extend", {**more, "days": 31})).status_code == 422
    await county.settles()
    assert (await ok(head.post(f"{path}/extend", more)))["extended_by"] == 30
    assert (await head.post(f"{path}/extend", more)).json()["type"] == "urn:bianmin:problem:extended-before"

    async def extended() -> Any:
        return await due(county, complaint["id"], "handling") == counted("2026-02-03", 90)

    await wait_for(extended)
    assert [answer["text"] for answer in (await follow(county, complaint))["answers"]] == ["案情复杂"]
    # the reply, the review, the second review
    await set_time(county, "2026-04-20T10:00:00")
    await answered(county, path, COUNTY, "inv-1")
    by = await due(county, complaint["id"], "review_request")
    assert by == counted("2026-04-20", 30)
    await county.settles()
    assert (await follow(county, complaint))["review_by"] == by
    await set_time(county, "2026-05-20T23:00:00")
    review = await ok(head.post(f"{path}/escalate", {"reason": "不服"}))
    assert (review["level"], review["handler_org"], review["status"]) == ("review", CITY, "accepted")
    assert (review["accepted_on"], review["escalated_on"]) == ("2026-02-03", "2026-05-20")
    assert await due(county, complaint["id"], "review") == counted("2026-05-20", 30)
    city = county.someone("manager", CITY)
    assert (await city.post(f"{path}/assign", {"investigator": "inv-1"})).json()["type"].endswith("not-impartial")
    assert (await head.get(path)).status_code == 404
    assert (await city.post(f"{path}/extend", more)).status_code == 409
    await set_time(county, "2026-06-10T10:00:00")
    await answered(county, path, CITY, "inv-2")
    assert await due(county, complaint["id"], "rereview_request") == counted("2026-06-10", 30)
    await county.settles()
    await set_time(county, "2026-06-12T10:00:00")
    last = await ok(city.post(f"{path}/escalate", {"reason": "仍不服"}))
    assert (last["level"], last["handler_org"]) == ("rereview", PROVINCE)
    assert (last["accepted_on"], last["escalated_on"]) == ("2026-02-03", "2026-06-12")
    assert await due(county, complaint["id"], "rereview") == counted("2026-06-12", 30)
    await answered(county, path, PROVINCE, "inv-3")
    province = county.someone("manager", PROVINCE)
    final = await province.post(f"{path}/escalate", {"reason": "还不服"})
    assert (final.status_code, final.json()["type"]) == (409, "urn:bianmin:problem:complaint-final")
    shown = await follow(county, complaint)
    assert [(each["kind"], each["level"]) for each in shown["answers"]] == [
        ("extension", "handling"),
        ("reply", "handling"),
        ("reply", "review"),
        ("reply", "rereview"),
    ]
    assert (shown["reply"], shown["review_by"]) == ("inv-3的答复", None)
    assert (shown["accepted_on"], shown["escalated_on"]) == ("2026-02-03", "2026-06-12")
    # every paper is still there
    papers = [paper["kind"] for paper in (await ok(province.get(path)))["papers"]]
    assert papers == ["extension", "document", "reply", "request", "document", "reply", "request", "document", "reply"]


async def test_a_review_requested_too_late_is_refused_with_the_last_day_of_its_period(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    complaint = await lodged(county)
    path, head = f"/complaints/{complaint['id']}", county.someone("manager", COUNTY)
    assert (await head.post(f"{path}/escalate", {"reason": "不服"})).status_code == 409
    await ok(head.post(f"{path}/accept", {}))
    await answered(county, path, COUNTY, "inv-1")
    by = await due(county, complaint["id"], "review_request")
    await county.settles()
    await set_time(county, f"{date.fromisoformat(by) + timedelta(days=1)}T08:00:00")
    answer = await head.post(f"{path}/escalate", {"reason": "不服"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:period-over")
    assert by in answer.json()["detail"]
    assert await due(county, complaint["id"], "review_request", "stopped") == by


async def test_the_wrong_org_objects_within_five_working_days_and_the_complaint_is_transferred(
    county: County,
) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    complaint, late = await lodged(county), await lodged(county)
    head, city = county.someone("manager", COUNTY), county.someone("manager", CITY)
    path = f"/complaints/{complaint['id']}"
    for each in (complaint, late):
        await due(county, each["id"], "return")
    await county.settles()
    assert (await city.post(f"{path}/objection", {"reason": "非本单位职责"})).status_code == 403
    await set_time(county, "2026-03-09T23:00:00")
    assert (await ok(head.post(f"{path}/objection", {"reason": "非本单位职责"})))["objected"] is True
    assert (await head.post(f"{path}/transfer", {"org": OTHER_CENTER, "reason": "非本单位职责"})).status_code == 403
    for org, status in (("520199", 422), (CENTER, 409), (COUNTY, 409)):
        assert (await city.post(f"{path}/transfer", {"org": org, "reason": "属实"})).status_code == status
    await set_time(county, "2026-03-10T08:00:00")
    refused = await head.post(f"/complaints/{late['id']}/objection", {"reason": "非本单位职责"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:bianmin:problem:period-over")
    passed = await ok(city.post(f"{path}/transfer", {"org": OTHER_CENTER, "reason": "属实"}))
    assert (passed["handler_org"], passed["status"], passed["objected"]) == (OTHER_CENTER, "lodged", False)

    async def started_again() -> Any:
        return await due(county, complaint["id"], "acceptance") == counted("2026-03-10", 15)

    await wait_for(started_again)
    assert (await county.someone("manager", OTHER_CENTER).get(path)).status_code == 200


async def test_an_order_of_the_hotline_is_returned_within_the_local_period(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    policy = {"kind": "hotline", "stage": "return", "unit": "hour", "budget": 24}
    await ok(county.someone("admin", PROVINCE).put(f"/policies/{COUNTY}", {"policies": [policy]}), 201)
    complaint, late = await lodged(county, channel="hotline"), await lodged(county, channel="hotline")
    for each in (complaint, late):
        assert await due(county, each["id"], "return") == "2026-03-03"
    await county.settles()
    head, reason = county.someone("manager", COUNTY), {"reason": "非本单位职责"}
    await set_time(county, "2026-03-03T09:59:00")
    assert (await ok(head.post(f"/complaints/{complaint['id']}/objection", reason)))["objected"] is True
    await set_time(county, "2026-03-03T10:30:00")
    refused = await head.post(f"/complaints/{late['id']}/objection", reason)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:bianmin:problem:period-over")
    assert "五个工作日" not in refused.json()["detail"]


async def test_an_order_of_the_hotline_moves_with_its_transfer(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    complaint = await lodged(county, channel="hotline")
    path, city = f"/complaints/{complaint['id']}", county.someone("manager", CITY)
    for stage in ("acceptance", "return"):
        await due(county, complaint["id"], stage)
    await county.settles()
    await ok(city.post(f"{path}/transfer", {"org": OTHER_CENTER, "reason": "非本单位职责"}))

    async def order_is_theirs() -> Any:
        found = (await ok(county.someone("supervisor", PROVINCE).get("/clocks", case_id=complaint["id"])))["items"]
        return next(
            (each["org"] for each in found if (each["stage"], each["org"]) == ("complaint", OTHER_CENTER)), None
        )

    await wait_for(order_is_theirs)
    theirs = await ok(county.someone("manager", OTHER_CENTER).get("/clocks", case_id=complaint["id"], kind="hotline"))
    assert {(clock["stage"], clock["org"]) for clock in theirs["items"] if clock["state"] == "running"} == {
        ("complaint", OTHER_CENTER),
        ("return", OTHER_CENTER),
    }


async def test_a_refusal_ends_a_complaint_and_the_complainant_reads_why(county: County) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    complaint = await lodged(county)
    path, head = f"/complaints/{complaint['id']}", county.someone("manager", COUNTY)
    await ok(head.post(f"{path}/refuse", {"reason": "已进入诉讼程序，请向人民法院提出"}))
    assert (await head.post(f"{path}/accept", {})).status_code == 409
    shown = await follow(county, complaint)
    assert (shown["status"], shown["status_text"], shown["refused_on"]) == ("refused", "不予受理", "2026-03-02")
    assert shown["answers"][0]["text"] == "已进入诉讼程序，请向人民法院提出"
    assert await due(county, complaint["id"], "acceptance", "stopped") == counted("2026-03-02", 15)


@pytest.mark.parametrize(("budget", "due_on"), [(None, "2026-03-09"), (2, "2026-03-04")])
async def test_an_order_of_the_hotline_has_the_local_period(county: County, budget: int | None, due_on: str) -> None:
    await set_time(county, "2026-03-02T10:00:00")
    if budget:
        policy = {"kind": "hotline", "unit": "workday", "budget": budget}
        await ok(county.someone("admin", PROVINCE).put(f"/policies/{COUNTY}", {"policies": [policy]}), 201)
    complaint = await lodged(county, channel="hotline")

    async def order() -> Any:
        found = await ok(county.someone("supervisor", PROVINCE).get("/clocks", case_id=complaint["id"]))
        return next((each for each in found["items"] if each["stage"] == "complaint"), None)

    assert (await wait_for(order))["due_on"] == due_on
