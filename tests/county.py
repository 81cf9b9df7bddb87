"""A small county over HTTP: its orgs, offices and items, and what people do there."""

from collections.abc import Callable
from typing import Any

import httpx2

from bianmin.domain.actors import Actor
from bianmin.kit.auth import Tokens
from tests.harness import Client

PROVINCE, CITY, COUNTY, CENTER, STATION = "52", "5201", "520111", "520111101", "520111101201"
INVESTIGATORS = {"inv": COUNTY, "inv-1": COUNTY, "inv-2": CITY, "inv-3": PROVINCE}
OTHER_CENTER, OTHER_STATION = "520111102", "520111102201"
ORGS = """code,level,name
52,province,贵州省
5201,city,贵阳市
520111,county,花溪区
520111101,township,青岩镇
520111101201,village,龙井村
520111102,township,石板镇
520111102201,village,盖冗村
"""
CATALOG = """
items:
- code: MZ-001
  name: 最低生活保障审核确认
  category: civil
  item_type: "05"
  lodge_at: [station, center]
  decide_level: county
  mode: report_up
  materials: [[居民身份证, oc, applicant, 1], [居民户口簿, oc, applicant, 1], [婚姻信息, e, share, 1]]
  legal: {value: 30, unit: workday, extension: 15, conf: M}
  promise: {value: 20, unit: workday, conf: L}
- code: MZ-003
  name: 临时救助（小额）
  category: civil
  item_type: "05"
  lodge_at: [station, center]
  decide_level: center
  mode: promised
  materials: [[居民身份证, oc, applicant, 1]]
  promise: {value: 5, unit: workday, conf: L}
- code: LY-001
  name: 林木采伐许可
  category: civil
  item_type: "01"
  lodge_at: [station, center]
  decide_level: center
  mode: promised
  materials: [[居民身份证, oc, applicant, 1]]
  legal: {value: 20, unit: workday, extension: 10, conf: V}
  promise: {value: 5, unit: workday, conf: L}
- code: CZ-001
  name: 村民委员会出具证明
  category: living
  item_type: "20"
  lodge_at: [station]
  decide_level: station
  mode: direct
  materials: [[居民身份证, o, applicant, 1]]
  promise: {value: 0, unit: immediate, conf: L}
"""


def a_registration(item: str = "MZ-003", org: str = STATION, materials: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "item_code": item,
        "org": org,
        "channel": "window",
        "applicant": {"kind": "person", "name": "张小三", "id_type": "citizen_id", "id_number": "52999919000101000X"},
        "materials": [{"no": no, "form": "copy"} for no in range(1, materials + 1)],
        **changes,
    }


def clients(http: httpx2.AsyncClient, tokens: Tokens) -> Callable[..., Client]:
    """Return what makes clients: `someone(role, org, dept=None, sub=None)`, with a token of ten hours."""

    def someone(role: str, org: str, dept: str | None = None, *, sub: str | None = None) -> Client:
        name = sub or "-".join([role, org, *([dept] if dept else [])])
        token = tokens.issue(Actor(name, org, frozenset({role}), dept), name, seconds=36000)
        return Client(http, {"Authorization": f"Bearer {token}"})

    return someone


async def import_county(someone: Callable[..., Client]) -> None:
    """Import orgs, offices and items over HTTP; where they are there already, nothing changes.

    What was imported at routing is known at intake a moment later, when its events have arrived.
    """
    admin = someone("admin", PROVINCE)
    _check(await admin.post("/orgs/import", content=ORGS.encode(), headers={"Content-Type": "text/csv"}))
    for org in (COUNTY, CENTER, OTHER_CENTER):
        _check(await admin.post(f"/orgs/{org}/offices", {"dept": "civil", "name": "民政窗口"}), 409)
    for name, org in INVESTIGATORS.items():
        member = {"id": name, "name": "调查员", "roles": ["investigator"]}
        _check(await admin.post(f"/orgs/{org}/staff", member), 409)
    path, headers = f"/catalog/import?org={COUNTY}&publish=true", {"Content-Type": "application/yaml"}
    _check(await admin.post(path, content=CATALOG.encode(), headers=headers))


def _check(answer: httpx2.Response, *also: int) -> None:
    assert answer.status_code in (200, 201, *also), answer.text
