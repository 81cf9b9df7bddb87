"""Which offices an accepted case has to pass."""

import pytest

from bianmin.domain.access import Holder
from bianmin.kit.refusals import Conflict
from services.routing.domain.plan import ProcedureUnknown
from tests.unit.routing.desks import (
    CENTER,
    CITY,
    COUNTY,
    PROVINCE,
    STATION,
    Desks,
    a_plan,
    access,
    an_item,
    planned,
)

POINT = f"{STATION}01"


@pytest.mark.parametrize("mode", ["direct", "promised"])
@pytest.mark.parametrize(
    ("level", "desk", "accepting", "office"),
    [
        ("station", STATION, STATION, Holder(STATION)),
        ("station", POINT, STATION, Holder(STATION)),
        ("point", POINT, POINT, Holder(POINT)),
        ("point", STATION, STATION, Holder(STATION)),
        ("station", CENTER, CENTER, Holder(CENTER, "civil")),
        ("center", STATION, CENTER, Holder(CENTER, "civil")),
        ("center", CENTER, CENTER, Holder(CENTER, "civil")),
        ("county", STATION, CENTER, Holder(COUNTY, "civil")),
        ("city", STATION, CENTER, Holder(CITY, "civil")),
        ("province", CENTER, CENTER, Holder(PROVINCE, "civil")),
    ],
)
def test_the_office_of_the_items_level_decides(
    mode: str, level: str, desk: str, accepting: str, office: Holder
) -> None:
    desks = planned(an_item(mode, level), access(desk, accepting))  # type: ignore[arg-type]
    (task,) = desks.route.tasks
    assert (task.kind, task.office, task.seq, task.status) == ("decide", office, 1, "assigned")


def test_a_case_reported_up_is_reviewed_at_the_center_and_decided_above() -> None:
    route = planned(an_item("report_up", "county")).route
    assert [(task.kind, task.office, task.status) for task in route.tasks] == [
        ("review", Holder(CENTER, "civil"), "assigned"),
        ("decide", Holder(COUNTY, "civil"), "planned"),
    ]
    assert route.lead == Holder(CENTER, "civil")
    assert route.holders == (Holder(CENTER, "civil"),)


def test_where_the_center_decides_itself_there_is_nobody_to_report_to() -> None:
    (task,) = planned(an_item("report_up", "center")).route.tasks
    assert task.kind == "decide"


def test_a_station_that_accepts_leads_itself_and_has_no_line() -> None:
    assert planned(an_item("direct", "station"), access(STATION, STATION)).route.lead == Holder(STATION)


def test_the_plan_and_the_first_turn_are_told_with_who_holds_it() -> None:
    desks = planned()
    assert desks.names() == ["route.planned", "task.assigned"]
    assert [one.sequence for one in desks.told] == [1, 2]
    plan, turn = (one.data.model_dump(mode="json") for one in desks.told)
    assert [step["step_id"] for step in plan["steps"]] == [str(task.id) for task in desks.route.tasks]
    assert plan["access"]["holders"] == turn["access"]["holders"] == [{"org": CENTER, "dept": "civil"}]


def test_a_second_acceptance_is_too_late_to_matter() -> None:
    with pytest.raises(Conflict):
        planned().does(a_plan())


@pytest.mark.parametrize("mode", ["joint", "assist", "agency"])
def test_a_procedure_that_routing_does_not_know_is_unexpected(mode: str) -> None:
    with pytest.raises(ProcedureUnknown):
        Desks().does(a_plan(an_item(mode)))  # type: ignore[arg-type]
