"""The county: its divisions, its offices and staff, its catalog of service items."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import get_args

import yaml

from bianmin.domain.labels_zh import DEPTS
from bianmin.events.parts import Dept
from command.demo.api import Api, Refused

DATA = files("command.demo") / "data"
COUNTY = "520123"
"""修文县. Its divisions are those of the NBS list as of 2023-06-30."""
PLAYED = ("direct", "promised", "report_up")
"""Procedures that can be registered so far."""


@dataclass(frozen=True)
class Item:
    """A service item, as far as the week needs it."""

    code: str
    mode: str
    dept: str
    decide_level: str
    lodge_at: tuple[str, ...]
    needed: tuple[int, ...]


@dataclass(frozen=True)
class County:
    """Who is there, by code, and what can be handled."""

    names: dict[str, str]
    centers: tuple[str, ...]
    stations: tuple[str, ...]
    items: tuple[Item, ...]


def described() -> County:
    """The county as its data files have it."""
    with (DATA / "xiuwen.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    catalog = yaml.safe_load((DATA / "catalog.yaml").read_text(encoding="utf-8"))
    return County(
        names={row["code"]: row["name"] for row in rows},
        centers=tuple(row["code"] for row in rows if row["level"] == "township"),
        stations=tuple(row["code"] for row in rows if row["level"] == "village"),
        items=tuple(
            Item(
                code=item["code"],
                mode=item["mode"],
                dept=item["category"],
                decide_level=item["decide_level"],
                lodge_at=tuple(item["lodge_at"]),
                needed=tuple(
                    n for n, (_, _, source, due) in enumerate(item["materials"], 1) if due and source != "share"
                ),
            )
            for item in catalog["items"]
            if item["mode"] in PLAYED
        ),
    )


async def set_up(api: Api, county: County) -> None:
    """Import the divisions, open the offices of the county and of each center, publish the catalog."""
    admin = api.person("admin", "52")
    divisions = (DATA / "xiuwen.csv").read_bytes()
    await admin.post("/orgs/import", content=divisions, headers={"Content-Type": "text/csv"})
    for org in (COUNTY, *county.centers):
        for dept in get_args(Dept):
            await _once(admin.post(f"/orgs/{org}/offices", {"dept": dept, "name": f"{county.names[org]}{DEPTS[dept]}"}))
    for role, org, dept in (("department", COUNTY, "civil"), ("investigator", COUNTY, None), *_windows(county)):
        person = {"id": "-".join(p for p in (role, org, dept) if p), "name": "值班人员", "roles": [role], "dept": dept}
        await _once(admin.post(f"/orgs/{org}/staff", {key: value for key, value in person.items() if value}))
    catalog = (DATA / "catalog.yaml").read_bytes()
    where = f"/catalog/import?org={COUNTY}&publish=true"
    await admin.post(where, content=catalog, headers={"Content-Type": "application/yaml"})
    # what was imported at one service is known at the others a moment later
    await api.settles()


def _windows(county: County) -> list[tuple[str, str, str | None]]:
    return [("window", org, None) for org in (*county.centers, *county.stations[:20])]


async def _once(request: object) -> None:
    """On a county that was set up before, it is there already."""
    try:
        await request  # type: ignore[misc]
    except Refused as refused:
        if refused.status != 409:
            raise
