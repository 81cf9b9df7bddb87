"""An intake of its own with orgs and a catalog, and requests to it with defaults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bianmin.kit import sets
from bianmin.kit.db import rows
from services.intake.app import SERVICE
from services.intake.store.tables import KnownOrgRow
from tests.harness import Harness, running_harness

STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
OTHER_STATION, OTHER_CENTER = "520111102201", "520111102"
ID_NUMBER, NAME, PHONE = "52999919000101000X", "张小三丰", "13000000001"
CATALOG = """
items:
- code: MZ-001
  name: 最低生活保障审核确认
  category: civil
  item_type: "05"
  lodge_at: [station, center]
  decide_level: county
  mode: report_up
  materials:
    - [居民身份证, oc, applicant, 1]
    - [居民户口簿, oc, applicant, 1]
    - [婚姻登记信息, e, share, 1]
    - [佐证材料, oc, applicant, 0]
  legal: {value: 30, unit: workday, extension: 15, conf: M}
  promise: {value: 20, unit: workday, conf: L}
- code: CZ-001
  name: 村民委员会出具证明
  category: living
  item_type: "20"
  lodge_at: [station]
  decide_level: station
  mode: direct
  materials: [[居民身份证, o, applicant, 1]]
  promise: {value: 0, unit: immediate, conf: L}
- code: ZR-001
  name: 宅基地联合审批
  category: land
  item_type: "01"
  lodge_at: [station]
  decide_level: center
  mode: joint
  co_handlers: [{dept: agri, name: 农业农村窗口, lead: true}, {dept: land, name: 自然资源所}]
  promise: {value: 20, unit: workday, conf: L}
"""


@asynccontextmanager
async def running_intake(database: str, directory: Path) -> AsyncIterator[Harness]:
    """Run intake on a migrated database, with the orgs of a county and `CATALOG` published."""
    async with running_harness(database, [SERVICE], directory) as harness:
        await know_orgs(harness)
        answer = await import_catalog(harness, CATALOG)
        assert answer.status_code == 200, answer.text
        yield harness


async def know_orgs(harness: Harness) -> None:
    """Store the orgs that routing would announce."""
    orgs: dict[str, dict[str, str]] = {
        "52": {},
        COUNTY: {"civil": "民政局"},
        CENTER: {"civil": "民政窗口"},
        STATION: {},
        OTHER_CENTER: {"civil": "民政窗口"},
        OTHER_STATION: {},
    }
    known = [{"code": code, "name": f"机构{code}", "offices": offices} for code, offices in orgs.items()]
    async with harness.runtime("intake").database.transaction() as tx:
        await sets.write(tx, sets.insert(KnownOrgRow, known))


async def import_catalog(harness: Harness, text: str, publish: bool = True) -> Any:
    return await harness.as_("admin", "52").post(
        f"/catalog/import?org={COUNTY}&publish={str(publish).lower()}",
        content=text.encode(),
        headers={"Content-Type": "application/yaml"},
    )


def a_registration(**changes: Any) -> dict[str, Any]:
    return {
        "item_code": "MZ-001",
        "org": STATION,
        "channel": "window",
        "applicant": {
            "kind": "person",
            "name": NAME,
            "id_type": "citizen_id",
            "id_number": ID_NUMBER,
            "phone": PHONE,
        },
        "materials": [{"no": 1, "form": "copy"}, {"no": 2, "form": "copy"}],
        **changes,
    }


async def registered(harness: Harness, **changes: Any) -> dict[str, Any]:
    body = a_registration(**changes)
    answer = await harness.as_("window", body["org"]).post("/cases", body)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def count(harness: Harness, table: str) -> int:
    async with harness.runtime("intake").database.reading() as tx:
        return int((await rows(tx, f"SELECT count(*) FROM {table}"))[0][0])
