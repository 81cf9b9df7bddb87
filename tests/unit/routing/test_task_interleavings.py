"""In every order of acts a case waits for exactly one office or is closed; no step is skipped or done twice."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.domain.access import Holder
from bianmin.events.parts import TaskOpinion
from bianmin.kit.refusals import Refusal
from services.routing.domain.decide import RouteCommand
from services.routing.domain.offices import works_at
from services.routing.domain.task import OPEN
from services.routing.domain.waiting import waiting_for
from tests.rounds import rounds
from tests.unit.routing.builders import (
    CENTER,
    COUNTY,
    SEALED,
    STATION,
    HandledCase,
    a_planned_case,
    access,
    an_item,
    answer_filing,
    assign,
    complete,
    deliver,
    escalate,
    file_denial,
    mediate,
    object_to,
    receive,
    recuse,
    reply,
    return_task,
    settle,
    staff,
    start,
    transfer,
    verify,
    withdraw,
)

PEOPLE = [
    staff("window", STATION),
    staff("agent", STATION),
    staff("window", CENTER, "civil", id="S-1"),
    staff("window", CENTER, "civil", id="S-2"),
    staff("manager", CENTER),
    staff("department", CENTER, "land", id="S-5"),
    staff("department", CENTER, "agri", id="S-6"),
    staff("department", COUNTY, "civil", id="S-3"),
    staff("department", COUNTY, "civil", id="S-4"),
    staff("manager", COUNTY),
    staff("manager", STATION),
    staff("department", COUNTY, "land", id="S-7"),
]
JOINT = [{"dept": "civil"}, {"dept": "agri", "lead": True}, {"dept": "land"}]
OFFICES = [Holder(CENTER, "civil"), Holder(CENTER, "land"), Holder(COUNTY, "civil"), Holder(COUNTY, "land")]
ITEMS = [
    *[(an_item("report_up", "county", two_staff_check=True), access())] * 2,
    *[(an_item("report_up", "county"), access())] * 3,
    (an_item("promised", "center"), access()),
    (an_item("direct", "center"), access()),
    (an_item("direct", "station"), access(STATION, STATION)),
    *[(an_item("joint", "center", co_handlers=JOINT), access())] * 3,
    (an_item("agency", "county"), access()),
    (an_item("assist", "county"), access()),
    *[(an_item("promised", "center", dispute=True), access(STATION, STATION))] * 2,
]
# mostly acts that advance a case, so that examples reach its end
OTHER = ["start", "return", "deliver", "reply", "mediate", "escalate", "file", "answer"]
ASSIGNMENT = ["assign", "transfer", "object", "settle", "verify", "recuse"]
ORDINARY = ["receive", "complete"] * 10 + OTHER * 2 + ASSIGNMENT
OPINIONS: dict[str, list[TaskOpinion]] = {
    "review": ["agree", "disagree", "grant"],
    "decide": ["grant", "deny", "agree"],
    "assist": ["helped", "grant"],
}
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
            note = data.draw(st.sampled_from([None, SEALED]))
            return complete(task, actor, data.draw(st.sampled_from(OPINIONS[task.kind])), note=note)
        case "return":
            return return_task(task, actor)
        case "deliver":
            return deliver(actor)
        case "reply":
            return reply(actor)
        case "mediate":
            return mediate(actor, data.draw(st.sampled_from(["agreed", "failed", "failed"])))
        case "escalate":
            return escalate(task, actor)
        case "file":
            return file_denial(actor)
        case "assign":
            return assign(task, actor, data.draw(st.sampled_from(able or PEOPLE)))
        case "transfer":
            return transfer(task, actor, data.draw(st.sampled_from(OFFICES)))
        case "object":
            return object_to(task, actor)
        case "settle":
            return settle(task, actor, data.draw(st.sampled_from(OFFICES)))
        case "verify":
            return verify(task, actor)
        case "recuse":
            return recuse(task, actor)
        case "answer" if case.route.filings:
            agree = data.draw(st.sampled_from([True, True, False]))
            return answer_filing(data.draw(st.sampled_from(case.route.filings)), actor, agree=agree)
    return withdraw()


@given(st.data())
@settings(max_examples=rounds(300, 3000), deadline=None)
def test_a_case_waits_for_named_offices_or_is_closed(data: st.DataObject) -> None:
    case = a_planned_case(*data.draw(st.sampled_from(ITEMS)))
    check(case)
    for _ in range(data.draw(st.integers(0, 40))):
        with contextlib.suppress(Refusal):
            case.carry_out(an_act(data, case))
        check(case)


ENDINGS = {"granted": "case.granted", "denied": "case.denied", "helped": "assistance.given"}
ENDINGS |= {"settled": "dispute.settled", "unsettled": "dispute.unsettled", "withdrawn": "case.withdrawn"}


def check(case: HandledCase) -> None:
    route = case.route
    waiting = [task for task in route.tasks if task.status in OPEN]
    assert [task.place for task in route.tasks] == list(range(1, len(route.tasks) + 1))
    assert [each.sequence for each in case.announced] == list(range(1, len(case.announced) + 1)), (
        "numbered without a gap"
    )
    assert route.sequence == len(case.announced)
    names = case.event_names()
    assert sum(names.count(name) for name in ENDINGS.values()) == (route.status != "open")
    if route.status != "open":
        assert names.count(ENDINGS[route.status]) == 1
    closings = ("case.closed", "assistance.given", "dispute.settled", "dispute.unsettled")
    assert sum(map(names.count, closings)) == (route.closed_on is not None)
    decisions = [task for task in route.tasks if task.opinion in ("grant", "deny")]
    assert len(decisions) == (route.status in ("granted", "denied"))
    if route.status == "denied":
        assert [filing.status for filing in route.filings].count("agreed") == 1, "the head agreed, once"
    assert route.status == "open" or "filed" not in {filing.status for filing in route.filings}
    words = waiting_for(route)
    assert (words is None) == (route.closed_on is not None)
    if route.status == "open":
        assert len({task.group for task in waiting}) == 1
        assert len(waiting) == 1 or waiting[0].group is not None, "only steps of one group are open together"
        assert words is not None
        assert all(task.office.org in words for task in waiting)
        # each step after the open ones has exactly one planned task
        ahead = sorted(task.seq for task in route.tasks if task.status == "planned")
        last_open = max(task.seq for task in waiting if task.group is None) if waiting[0].group is None else 3
        assert ahead == list(range(last_open + 1, max(task.seq for task in route.tasks) + 1))
    else:
        assert not waiting
        assert {task.status for task in route.tasks} <= {"done", "returned", "transferred", "cancelled"}
    for task in route.tasks:
        assert (task.assignee is None) <= (task.status in ("planned", "assigned", "transferred", "cancelled"))
        assert task.status == "transferred" or (task.done_at is not None) == (task.status in ("done", "returned"))
        if route.item.two_staff_check and task.status == "done":
            assert task.verified_by not in (None, task.assignee, *task.recused), "a second person has verified it"
        assert task.assignee not in task.recused or task.status in ("returned", "transferred")
    if route.mode == "joint":
        # the decision waits for every review, and comes once
        assigned = [each for each in route.tasks if each.kind == "decide" and each.status in OPEN | {"done"}]
        latest = {each.seq: each for each in route.tasks if each.kind == "review"}
        assert not assigned or all(each.status == "done" for each in latest.values())
        assert len(assigned) <= 1
