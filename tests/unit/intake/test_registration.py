"""Which registrations are admitted, and which organ accepts the case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bianmin.kit.refusals import Conflict, Forbidden, Invalid, Refusal
from services.intake.domain.registration import KnownOrg, admit
from tests.unit.intake.builders import CENTER, COUNTY, DAY, STATION, a_guide, a_registration, by, submitted

ORGS = {
    code: KnownOrg(code, code, offices)
    for code, offices in {"52": {}, COUNTY: {"civil": "民政局"}, CENTER: {"civil": "民政"}, STATION: {}}.items()
}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"org": "520112101201", "by": by("520112101201")}, Invalid),
        ({"by": by("520112")}, Forbidden),
        ({"received_on": DAY + timedelta(days=1)}, Invalid),
        ({"received_on": DAY - timedelta(days=91)}, Invalid),
        ({"materials": submitted(5)}, Invalid),
        ({"materials": submitted(1, 1)}, Invalid),
    ],
    ids=["unknown org", "foreign desk", "future day", "day too old", "no such material", "material twice"],
)
def test_a_wrong_registration_is_not_admitted(changes: dict[str, Any], kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        admit(a_registration(**changes), a_guide(), ORGS)


@pytest.mark.parametrize(
    ("level", "mode", "desk", "accepting"),
    [
        ("county", "report_up", STATION, CENTER),
        ("center", "promised", STATION, CENTER),
        ("center", "direct", CENTER, CENTER),
        ("station", "direct", STATION, STATION),
        ("station", "direct", CENTER, CENTER),
    ],
)
def test_a_station_accepts_what_it_decides_and_the_center_everything_else(
    level: str, mode: str, desk: str, accepting: str
) -> None:
    guide = a_guide(decide_level=level, mode=mode)
    assert admit(a_registration(org=desk, by=by(desk)), guide, ORGS).accepting_org == accepting


@pytest.mark.parametrize("missing", [COUNTY, CENTER])
def test_a_refusal_names_the_org_whose_office_is_missing(missing: str) -> None:
    orgs = {**ORGS, missing: KnownOrg(missing, "某地", {})}
    with pytest.raises(Conflict, match=missing):
        admit(a_registration(), a_guide(), orgs)


def test_an_item_is_registered_only_at_desks_of_the_levels_that_lodge_it() -> None:
    guide = replace(a_guide(), lodge_at=("center",))
    with pytest.raises(Invalid, match="乡镇中心"):
        admit(a_registration(), guide, ORGS)
