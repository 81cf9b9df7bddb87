"""Joint, assisted and agency handling and disputes, through all services: who has the case, and how each ends."""

from typing import Any

from tests.county import CENTER, COUNTY, PROVINCE, STATION, a_registration
from tests.flow.environments import County
from tests.flow.steps import count_timeline, ok, read_case

CATALOG = """
items:
- code: ZR-101
  name: 宅基地联合审批
  category: land
  item_type: "01"
  lodge_at: [station, center]
  decide_level: center
  mode: joint
  co_handlers: [{dept: agri, name: 农业农村窗口, lead: true}, {dept: land, name: 自然资源所}]
  materials: [[居民身份证, oc, applicant, 1]]
- code: CL-101
  name: 残疾人证申办代办
  category: disabled
  item_type: "07"
  lodge_at: [station, center]
  decide_level: county
  mode: agency
  materials: [[居民身份证, oc, applicant, 1]]
  promise: {value: 15, unit: workday, conf: L}
- code: GA-101
  name: 居民身份证申领协助
  category: police
  item_type: "20"
  lodge_at: [station, center]
  decide_level: county
  mode: assist
  materials: [[居民户口簿, o, applicant, 1]]
- code: FL-102
  name: 矛盾纠纷调处
  category: legal
  item_type: "20"
  lodge_at: [station, center]
  decide_level: center
  mode: promised
  materials: [[调解申请, f, applicant, 1]]
  promise: {value: 15, unit: day, conf: L}
  flags: [dispute]
"""
OFFICES = ((CENTER, "agri"), (CENTER, "land"), (CENTER, "legal"), (COUNTY, "legal"), (COUNTY, "disabled"))


async def set_up(county: County) -> None:
    """Open the offices and publish the items of these tests; both may be there already."""
    admin = county.someone("admin", PROVINCE)
    for org, dept in OFFICES:
        assert (await admin.post(f"/orgs/{org}/offices", {"dept": dept, "name": dept})).status_code in (201, 409)
    headers = {"Content-Type": "application/yaml"}
    await ok(admin.post(f"/catalog/import?org={COUNTY}&publish=true", content=CATALOG.encode(), headers=headers))
    await county.settles()


async def accepted_case(county: County, item: str, accepting: str = CENTER) -> str:
    """Register a case at the village and accept it; return its id."""
    await set_up(county)
    case = await ok(county.someone("window", STATION).post("/cases", a_registration(item)), 201)
    await ok(county.someone("window", accepting).post(f"/cases/{case['id']}/accept"))
    await county.settles()
    return str(case["id"])


async def steps_of(county: County, case: str) -> list[dict[str, Any]]:
    route = await ok(county.someone("manager", COUNTY).get(f"/cases/{case}/route"))
    steps: list[dict[str, Any]] = route["steps"]
    return steps


async def complete(county: County, step: dict[str, Any], **body: Any) -> None:
    org, dept = step["office"]["org"], step["office"]["dept"]
    clerk = county.someone("department" if dept else "window", org, dept)
    await ok(clerk.post(f"/tasks/{step['id']}/receive"))
    await ok(clerk.post(f"/tasks/{step['id']}/complete", body))


async def test_two_offices_handle_a_case_jointly_under_one_outer_period(anywhere: County) -> None:
    county = anywhere
    case = await accepted_case(county, "ZR-101")
    first, second, decision = await steps_of(county, case)
    assert [(step["office"]["dept"], step["group"], step["status"]) for step in (first, second, decision)] == [
        ("agri", 1, "assigned"),
        ("land", 1, "assigned"),
        ("agri", None, "planned"),
    ]
    clocks = (await read_case(county, case))["clocks"]
    assert [clock["budget"] for clock in clocks if clock["kind"] == "statutory"] == [45]
    running = [clock for clock in clocks if clock["kind"] == "step" and clock["state"] == "running"]
    assert sorted(clock["stage"] for clock in running) == ["1", "2"], "each review has a clock of its own"
    await complete(county, second, opinion="disagree", note="占用耕地")
    await complete(county, first, opinion="agree")
    await county.settles()
    lead = county.someone("department", CENTER, "agri")
    await ok(lead.post(f"/tasks/{decision['id']}/receive"))
    refused = await ok(lead.post(f"/tasks/{decision['id']}/complete", {"opinion": "grant"}), 422)
    assert [error["pointer"] for error in refused["errors"]] == ["/note"]
    await ok(lead.post(f"/tasks/{decision['id']}/complete", {"opinion": "grant", "note": "已改址，不占耕地"}))
    await county.settles()
    assert (await read_case(county, case))["status"] == "granted"


async def test_an_agency_case_closes_with_the_reply_and_not_before(anywhere: County) -> None:
    county = anywhere
    case = await accepted_case(county, "CL-101")
    [step] = await steps_of(county, case)
    await complete(county, step, opinion="grant")
    agent = county.someone("agent", STATION)
    await ok(agent.post(f"/cases/{case}/deliver", {"method": "agent", "signed_by": "张小三"}))
    assert (await read_case(county, case))["status"] == "delivered"
    replied = await ok(agent.post(f"/cases/{case}/reply", {"method": "visit", "text": "证件已送到张小三家中"}))
    assert (replied["method"], replied["status"]) == ("visit", "granted")
    assert (await read_case(county, case))["status"] == "closed"
    events = await count_timeline(county, case)
    assert (events["case.delivered"], events["case.replied"], events["case.closed"]) == (1, 1, 1)
    timeline = (await county.someone("window", CENTER).get(f"/cases/{case}/timeline")).text
    assert "张小三" not in timeline
    route = await ok(agent.get(f"/cases/{case}/route"))
    assert (route["reply"]["text"], route["waiting_for"]) == ("证件已送到张小三家中", None)


async def test_the_desk_helps_and_no_authority_moves(anywhere: County) -> None:
    county = anywhere
    case = await accepted_case(county, "GA-101")
    [step] = await steps_of(county, case)
    assert (step["kind"], step["office"]) == ("assist", {"org": STATION, "dept": None})
    await complete(county, step, opinion="helped", note="已帮助填表，请本人到县公安局办证窗口")
    shown = await read_case(county, case)
    assert (shown["status"], shown["decided_on"]) == ("closed", None)
    assert {clock["state"] for clock in shown["clocks"]} == {"stopped"}
    events = await count_timeline(county, case)
    assert (events["assistance.given"], events["case.granted"], events["case.closed"]) == (1, 0, 0)


async def test_a_dispute_is_mediated_at_the_village_then_at_the_township(anywhere: County) -> None:
    county = anywhere
    case = await accepted_case(county, "FL-102", STATION)
    village, township = county.someone("window", STATION), county.someone("department", CENTER, "legal")
    early = await village.post(f"/disputes/{case}/escalate", {"why": "不愿调解"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:bianmin:problem:not-to-escalate")
    today = (await read_case(county, case))["accepted_on"]
    attempt = {"on": today, "mediators": ["王德明"], "outcome": "failed", "note": "双方各执一词"}
    await ok(village.post(f"/cases/{case}/mediations", attempt), 201)
    moved = await ok(village.post(f"/disputes/{case}/escalate", {"why": "涉及跨村林地"}))
    assert CENTER in moved["waiting_for"]
    assert (await village.post(f"/cases/{case}/mediations", attempt)).status_code == 403
    await ok(township.post(f"/cases/{case}/mediations", attempt | {"outcome": "agreed"}), 201)
    shown = await read_case(county, case)
    assert shown["status"] == "closed"
    entries = (await ok(village.get(f"/cases/{case}/timeline")))["items"]
    [settled] = [entry for entry in entries if entry["type"] == "cn.bianmin.dispute.settled.v1"]
    assert settled["data"]["level"] == "township"
    assert "王德明" not in str(entries)
    route = await ok(village.get(f"/cases/{case}/route"))
    assert [(each["outcome"], each["mediators"]) for each in route["mediations"]] == [
        ("failed", ["王德明"]),
        ("agreed", ["王德明"]),
    ]
