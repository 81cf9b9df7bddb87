"""However people interleave, a case waits on exactly one office or is over, and no step is skipped or done twice."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events.parts import Opinion
from bianmin.kit.refusals import Refusal
from services.routing.domain.route import OPEN, RouteCommand
from services.routing.domain.tasks import works_at
from tests.unit.routing.desks import (
    CENTER,
    COUNTY,
    STATION,
    Desks,
    access,
    an_item,
    complete,
    deliver,
    planned,
    receive,
    send_back,
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
# mostly what moves a case on, or hypothesis would hardly ever see its end
ORDINARY = ["receive", "complete"] * 8 + ["start", "return", "deliver"] * 2
OPINIONS: dict[str, list[Opinion]] = {"review": ["agree", "disagree", "grant"], "decide": ["grant", "deny", "agree"]}
ACTS = [*ORDINARY, "wander", "wander", "withdraw"]


def an_act(data: st.DataObject, desks: Desks) -> RouteCommand:
    """Somebody does something: mostly who may, to the task whose turn it is, or else anybody to any task."""
    act = data.draw(st.sampled_from(ACTS))
    tasks = [task for task in desks.route.tasks if task.status in OPEN] or desks.route.tasks
    if act == "wander":
        act, tasks = data.draw(st.sampled_from(ORDINARY)), desks.route.tasks
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
            return send_back(task, actor)
        case "deliver":
            return deliver(actor)
    return withdraw()


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_case_waits_on_one_office_or_is_over(data: st.DataObject) -> None:
    desks = planned(*data.draw(st.sampled_from(ITEMS)))
    check(desks)
    for _ in range(data.draw(st.integers(0, 40))):
        with contextlib.suppress(Refusal):
            desks.does(an_act(data, desks))
        check(desks)


def check(desks: Desks) -> None:
    route = desks.route
    waiting = [task for task in route.tasks if task.status in OPEN]
    assert len(waiting) == (1 if route.status == "open" else 0)
    assert [task.place for task in route.tasks] == list(range(1, len(route.tasks) + 1))
    assert [one.sequence for one in desks.told] == list(range(1, len(desks.told) + 1)), "numbered without a gap"
    assert route.sequence == len(desks.told)
    names = desks.names()
    assert names.count("case.closed") == (route.closed_on is not None)
    assert names.count("case.granted") + names.count("case.denied") == (route.status in ("granted", "denied"))
    decided = [task for task in route.tasks if task.kind == "decide" and task.status == "done"]
    assert len(decided) == (route.status in ("granted", "denied"))
    if route.status == "open":
        # each step that is due has one task still to be done, and what comes before the turn is done
        turn = waiting[0]
        ahead = [task.seq for task in route.tasks if task.status == "planned"]
        assert ahead == list(range(turn.seq + 1, max(task.seq for task in route.tasks) + 1))
        assert names[-1] in ("task.assigned", "task.received", "task.started")
    else:
        assert {task.status for task in route.tasks} <= {"done", "returned", "cancelled"}
    for task in route.tasks:
        assert (task.assignee is None) <= (task.status in ("planned", "assigned", "cancelled"))
        assert (task.done_at is not None) == (task.status in ("done", "returned"))
