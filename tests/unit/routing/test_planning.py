"""The planned steps of an accepted case."""

import pytest

from bianmin.domain.access import Holder
from bianmin.kit.refusals import Conflict
from tests.unit.routing.builders import (
    CENTER,
    CITY,
    COUNTY,
    PROVINCE,
    STATION,
    a_plan,
    a_planned_case,
    access,
    an_item,
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
    case = a_planned_case(an_item(mode, level), access(desk, accepting))  # type: ignore[arg-type]
    (task,) = case.route.tasks
    assert (task.kind, task.office, task.seq, task.status) == ("decide", office, 1, "assigned")


def test_a_case_reported_up_is_reviewed_at_the_center_and_decided_above() -> None:
    route = a_planned_case(an_item("report_up", "county")).route
    assert [(task.kind, task.office, task.status) for task in route.tasks] == [
        ("review", Holder(CENTER, "civil"), "assigned"),
        ("decide", Holder(COUNTY, "civil"), "planned"),
    ]
    assert route.lead == Holder(CENTER, "civil")
    assert route.holders == (Holder(CENTER, "civil"),)


def test_a_case_that_the_center_decides_has_no_review() -> None:
    (task,) = a_planned_case(an_item("report_up", "center")).route.tasks
    assert task.kind == "decide"


def test_a_station_that_accepts_a_case_leads_it_without_a_line() -> None:
    assert a_planned_case(an_item("direct", "station"), access(STATION, STATION)).route.lead == Holder(STATION)


def test_the_plan_and_the_first_task_are_announced_with_the_holder() -> None:
    case = a_planned_case()
    assert case.event_names() == ["route.planned", "task.assigned"]
    assert [each.sequence for each in case.announced] == [1, 2]
    plan, turn = (each.data.model_dump(mode="json") for each in case.announced)
    assert [step["step_id"] for step in plan["steps"]] == [str(task.id) for task in case.route.tasks]
    assert plan["access"]["holders"] == turn["access"]["holders"] == [{"org": CENTER, "dept": "civil"}]


def test_a_second_acceptance_is_refused_as_a_conflict() -> None:
    with pytest.raises(Conflict):
        a_planned_case().carry_out(a_plan())
