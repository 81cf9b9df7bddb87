"""The county of the benches: its orgs, one service item with five materials, its staff and their requests."""

import json
from typing import Any

from bench.http import Connection, prepare_request
from bianmin.domain.actors import Actor
from bianmin.kit.auth import Tokens
from bianmin.kit.ids import new_id

COUNTY, CENTER = "520111", "520111101"
STATIONS = tuple(f"{CENTER}{number}" for number in range(201, 209))
DEPT = "civil"
ITEM = "MZ-003"

_ORGS = "code,level,name\n52,province,贵州省\n5201,city,贵阳市\n520111,county,花溪区\n520111101,township,青岩镇\n"
_CATALOG = f"""
items:
- code: {ITEM}
  name: 临时救助（小额）
  category: {DEPT}
  item_type: "05"
  lodge_at: [station, center]
  decide_level: center
  mode: promised
  materials: [[居民身份证, oc, applicant, 1], [居民户口簿, oc, applicant, 1], [收入证明, oc, applicant, 1],
              [困难情况说明, o, applicant, 1], [银行账户, oc, applicant, 1]]
  legal: {{value: 30, unit: workday, extension: 15, conf: M}}
  promise: {{value: 5, unit: workday, conf: L}}
"""


class CannotMeasure(Exception):
    """The measurement failed, so there is no figure."""


class UnexpectedAnswer(CannotMeasure):
    """The server refused a request of the bench."""


def headers(
    tokens: Tokens, role: str, org: str, media: str = "application/json", *, dept: str | None = None
) -> dict[str, str]:
    """Return the request headers of a staff member with this role at this org."""
    actor = Actor(f"{role}-{org}", org, frozenset({role}), dept)
    return {
        "Authorization": f"Bearer {tokens.issue(actor, actor.id, seconds=36000)}",
        "Content-Type": media,
    }


def registration_body(station: str) -> dict[str, Any]:
    """Return a complete body of `POST /cases`. The id number is fictional: there is no area 529999."""
    return {
        "item_code": ITEM,
        "org": station,
        "channel": "window",
        "applicant": {
            "kind": "person",
            "name": "张小三",
            "id_type": "citizen_id",
            "id_number": "52999919000101000X",
            "phone": "13800000000",
            "address": "青岩镇某村某组某号",
        },
        "materials": [{"no": number, "form": "copy"} for number in range(1, 6)],
        "form": {"household_size": 3, "reason": "突发疾病", "monthly_income": 800},
    }


async def import_county(port: int, tokens: Tokens) -> None:
    """Import orgs, an office and the catalog over HTTP into a process that runs all services."""
    stations = "".join(f"{code},village,{code[-3:]}村\n" for code in STATIONS)
    admin = headers(tokens, "admin", "52")
    connection = await Connection.open(port)
    try:
        for path, media, body in (
            ("/orgs/import", "text/csv", (_ORGS + stations).encode()),
            (f"/orgs/{CENTER}/offices", "application/json", {"dept": DEPT, "name": "民政窗口"}),
            (f"/catalog/import?org={COUNTY}&publish=true", "application/yaml", _CATALOG.encode()),
        ):
            before, after = prepare_request("POST", path, {**admin, "Content-Type": media}, body)
            await ask(connection, before, after)
    finally:
        await connection.close()


async def ask(connection: Connection, before: bytes, after: bytes) -> Any:
    """Send a prepared request with a new Idempotency-Key and return its JSON answer. Raises `UnexpectedAnswer`."""
    status, body = await connection.ask(before + new_id().hex.encode() + after)
    if status not in (200, 201):
        raise UnexpectedAnswer(f"{status}: {body.decode(errors='replace')[:400]}")
    return json.loads(body)
