"""In every order of acts a case waits for exactly one office or is closed; no step is skipped or done twice."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events.parts import Opinion
from bianmin.kit.refusals import Refusal
from services.routing.domain.decide import RouteCommand
from services.routing.domain.offices import works_at
from services.routing.domain.task import OPEN
from tests.unit.routing.builders import (
    CENTER,
    COUNTY,
    STATION,
    HandledCase,
    a_planned_case,
    access,
    an_item,
    complete,
    deliver,
    receive,
    return_task,
    staff,
    start,
    withdraw,
)

PEOPLE = [
    staff("window", STATION),
    staff("agent", STATION),
    staff("window", CENTER, "civil", id="S-1"),
    staff("window", CENTER, "civil", id="S-2"),
    staff("manager", CENTER),
    staff("department", COUNTY, "civil", id="S-3"),
    staff("department", COUNTY, "civil", id="S-4"),
    staff("manager", COUNTY),
]
ITEMS = [
    *[(an_item("report_up", "county"), access())] * 3,
    (an_item("promised", "center"), access()),
    (an_item("direct", "center"), access()),
    (an_item("direct", "station"), access(STATION, STATION)),
]
# mostly acts that advance a case, so that examples reach its end
ORDINARY = ["receive", "complete"] * 8 + ["start", "return", "deliver"] * 2
OPINIONS: dict[str, list[Opinion]] = {"review": ["agree", "disagree", "grant"], "decide": ["grant", "deny", "agree"]}
ACTS = [*ORDINARY, "anybody", "anybody", "withdraw"]


def an_act(data: st.DataObject, case: HandledCase) -> RouteCommand:
    """A random act: mostly by an actor who may do it on the open task, otherwise by anybody on any task."""
    act = data.draw(st.sampled_from(ACTS))
    tasks = [task for task in case.route.tasks if task.status in OPEN] or case.route.tasks
    if act == "anybody":
        act, tasks = data.draw(st.sampled_from(ORDINARY)), case.route.tasks
    task = data.draw(st.sampled_from(tasks))
    able = [actor for actor in PEOPLE if works_at(actor, task.office) and task.assignee in (None, actor.id)]
    actor = data.draw(st.sampled_from(able * 4 + PEOPLE))
    match act:
        case "receive":
            return receive(task, actor)
        case "start":
            return start(task, actor)
        case "complete":
            return complete(task, actor, data.draw(st.sampled_from(OPINIONS[task.kind])))
        case "return":
            return return_task(task, actor)
        case "deliver":
            return deliver(actor)
    return withdraw()


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_case_waits_for_exactly_one_office_or_is_closed(data: st.DataObject) -> None:
    case = a_planned_case(*data.draw(st.sampled_from(ITEMS)))
    check(case)
    for _ in range(data.draw(st.integers(0, 40))):
        with contextlib.suppress(Refusal):
            case.carry_out(an_act(data, case))
        check(case)


def check(case: HandledCase) -> None:
    route = case.route
    waiting = [task for task in route.tasks if task.status in OPEN]
    assert len(waiting) == (1 if route.status == "open" else 0)
    assert [task.place for task in route.tasks] == list(range(1, len(route.tasks) + 1))
    assert [each.sequence for each in case.announced] == list(range(1, len(case.announced) + 1)), (
        "numbered without a gap"
    )
    assert route.sequence == len(case.announced)
    names = case.event_names()
    assert names.count("case.closed") == (route.closed_on is not None)
    assert names.count("case.granted") + names.count("case.denied") == (route.status in ("granted", "denied"))
    decisions = [task for task in route.tasks if task.kind == "decide" and task.status == "done"]
    assert len(decisions) == (route.status in ("granted", "denied"))
    if route.status == "open":
        # each step after the open task has exactly one planned task
        turn = waiting[0]
        ahead = [task.seq for task in route.tasks if task.status == "planned"]
        assert ahead == list(range(turn.seq + 1, max(task.seq for task in route.tasks) + 1))
        assert names[-1] in ("task.assigned", "task.received", "task.started")
    else:
        assert {task.status for task in route.tasks} <= {"done", "returned", "cancelled"}
    for task in route.tasks:
        assert (task.assignee is None) <= (task.status in ("planned", "assigned", "cancelled"))
        assert (task.done_at is not None) == (task.status in ("done", "returned"))
