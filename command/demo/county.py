"""The county of the demo: its divisions, offices, staff and catalog of service items."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

import yaml

from bianmin.domain.labels_zh import DEPTS
from bianmin.events.parts import Dept
from command.demo.api import Api, UnexpectedAnswer

DATA = files("command.demo") / "data"
COUNTY = "520123"
"""修文县. Its divisions are taken from the list of the National Bureau of Statistics as of 2023-06-30."""


@dataclass(frozen=True)
class Item:
    """The fields of a service item that the demo uses.

    `needed` are the numbers of the materials to bring; a `dispute` is mediated;
    with `two_staff_check` a second person verifies each step.
    """

    code: str
    mode: str
    dept: str
    decide_level: str
    lodge_at: tuple[str, ...]
    needed: tuple[int, ...]
    dispute: bool
    two_staff_check: bool


@dataclass(frozen=True)
class County:
    """Names of orgs by division code, the codes of centers and stations, and the service items."""

    names: dict[str, str]
    centers: tuple[str, ...]
    stations: tuple[str, ...]
    items: tuple[Item, ...]


def load_county() -> County:
    """Return the county that the data files describe."""
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
                    n
                    for n, (_, _, source, required) in enumerate(item["materials"], 1)
                    if required and source != "share"
                ),
                dispute="dispute" in item["flags"],
                two_staff_check="two_staff_check" in item["flags"],
            )
            for item in catalog["items"]
        ),
    )


async def set_up_county(api: Api, county: County) -> None:
    """Import the divisions, create the offices of the county and of each center, publish the catalog."""
    admin = api.person("admin", "52")
    divisions = (DATA / "xiuwen.csv").read_bytes()
    await admin.post("/orgs/import", content=divisions, headers={"Content-Type": "text/csv"})
    for org in (COUNTY, *county.centers):
        for dept in get_args(Dept):
            await _ignore_conflict(
                admin.post(f"/orgs/{org}/offices", {"dept": dept, "name": f"{county.names[org]}{DEPTS[dept]}"})
            )
    for role, org, dept in (("department", COUNTY, "civil"), *_investigators(county), *_windows(county)):
        person = {"id": "-".join(p for p in (role, org, dept) if p), "name": "值班人员", "roles": [role], "dept": dept}
        await _ignore_conflict(admin.post(f"/orgs/{org}/staff", {key: value for key, value in person.items() if value}))
    for n, center in enumerate(county.centers):
        await _ignore_conflict(admin.put(f"/orgs/{center}/rosters", _roster(center, n)))
    catalog = (DATA / "catalog.yaml").read_bytes()
    path = f"/catalog/import?org={COUNTY}&publish=true"
    await admin.post(path, content=catalog, headers={"Content-Type": "application/yaml"})
    # the other services know the imported data only after they have read the events
    await api.wait_until_settled()


MARKETS = ("子午", "丑未", "寅申", "卯酉", "辰戌", "巳亥")
"""The market days of the centers: each pair of branches comes every six days."""


def _roster(center: str, n: int) -> dict[str, Any]:
    """Return the roster of the n-th center: the window is open on weekdays, everybody is there on market days."""
    return {
        "rotation": [{"staff_ids": [f"window-{center}"], "weekdays": [1, 2, 3, 4, 5], "window": "综合窗口"}],
        "open": [{"start": "09:00", "end": "12:00"}, {"start": "13:30", "end": "17:00"}],
        "market": {"rule": "branch", "days": list(MARKETS[n % len(MARKETS)])},
    }


def _investigators(county: County) -> list[tuple[str, str, str | None]]:
    return [("investigator", org, None) for org in (COUNTY, *county.centers)]


def _windows(county: County) -> list[tuple[str, str, str | None]]:
    return [("window", org, None) for org in (*county.centers, *county.stations[:20])]


async def _ignore_conflict(request: object) -> None:
    """Send a request that creates something; it is no error when that exists from an earlier run of the demo."""
    try:
        await request  # type: ignore[misc]
    except UnexpectedAnswer as error:
        if error.status not in (409, 428):
            raise
