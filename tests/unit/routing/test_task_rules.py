"""Every command in every state of a task, and who may give it."""

from collections.abc import Callable
from typing import Any

import pytest

from bianmin.events.parts import TaskStatus
from bianmin.kit.actors import Actor
from bianmin.kit.refusals import Refusal
from services.routing.domain.tasks import (
    NothingBefore,
    NotTheAssignee,
    NotTheOffice,
    OpinionWrong,
    TaskNotFound,
    TaskTaken,
    WrongTaskStatus,
)
from tests.unit.routing.desks import (
    CENTER,
    CITY,
    COUNTY,
    DECIDER,
    HEAD_OF_CENTER,
    NOW,
    OTHER_CENTER,
    REVIEWER,
    SEALED,
    STATION,
    Act,
    Desks,
    access,
    an_item,
    complete,
    decided,
    planned,
    receive,
    reviewed,
    send_back,
    staff,
    start,
    withdraw,
)


def second_step(status: TaskStatus) -> Desks:
    """A case whose deciding step is in this state, in the hands of DECIDER where it is in somebody's."""
    desks = planned() if status == "planned" else reviewed()
    match status:
        case "received":
            desks.does(receive(desks.turn, DECIDER))
        case "in_progress":
            desks.does(receive(desks.turn, DECIDER))
            desks.does(start(desks.turn, DECIDER))
        case "done":
            return decided()
        case "returned":
            desks.does(send_back(desks.turn, DECIDER))
        case "cancelled":
            desks.does(withdraw())
    return desks


MOVES: dict[str, Act] = {"receive": receive, "start": start, "complete": complete, "return": send_back}
TABLE: dict[tuple[str, TaskStatus], TaskStatus | type[Refusal]] = {
    ("receive", "planned"): WrongTaskStatus,
    ("receive", "assigned"): "received",
    ("receive", "received"): WrongTaskStatus,
    ("receive", "in_progress"): WrongTaskStatus,
    ("receive", "done"): WrongTaskStatus,
    ("receive", "returned"): WrongTaskStatus,
    ("receive", "cancelled"): WrongTaskStatus,
    ("start", "planned"): WrongTaskStatus,
    ("start", "assigned"): WrongTaskStatus,
    ("start", "received"): "in_progress",
    ("start", "in_progress"): WrongTaskStatus,
    ("start", "done"): WrongTaskStatus,
    ("start", "returned"): WrongTaskStatus,
    ("start", "cancelled"): WrongTaskStatus,
    ("complete", "planned"): WrongTaskStatus,
    ("complete", "assigned"): WrongTaskStatus,
    ("complete", "received"): "done",
    ("complete", "in_progress"): "done",
    ("complete", "done"): WrongTaskStatus,
    ("complete", "returned"): WrongTaskStatus,
    ("complete", "cancelled"): WrongTaskStatus,
    ("return", "planned"): WrongTaskStatus,
    ("return", "assigned"): "returned",
    ("return", "received"): "returned",
    ("return", "in_progress"): "returned",
    ("return", "done"): WrongTaskStatus,
    ("return", "returned"): WrongTaskStatus,
    ("return", "cancelled"): WrongTaskStatus,
}


def seen_in(status: TaskStatus) -> tuple[Desks, Any]:
    """The case, and its task in this state."""
    desks = second_step(status)
    return desks, next(task for task in desks.route.tasks if task.seq == 2 and task.status == status)


@pytest.mark.parametrize(("move", "status"), TABLE)
def test_every_command_in_every_state(move: str, status: TaskStatus) -> None:
    expected = TABLE[move, status]
    desks, task = seen_in(status)
    if isinstance(expected, str):
        assert desks.does(MOVES[move](task, DECIDER)).task(task.id).status == expected
        return
    with pytest.raises(expected) as refused:
        desks.does(MOVES[move](task, DECIDER))
    assert refused.value.detail.endswith("。")


def test_the_table_is_complete() -> None:
    statuses = {"planned", "assigned", "received", "in_progress", "done", "returned", "cancelled"}
    assert set(TABLE) == {(move, status) for move in MOVES for status in statuses}


@pytest.mark.parametrize("status", ["received", "in_progress", "done"])
def test_who_comes_second_is_told_who_was_faster(status: TaskStatus) -> None:
    desks, task = seen_in(status)
    with pytest.raises(TaskTaken, match=DECIDER.id):
        desks.does(receive(task, staff("department", COUNTY, "civil", id="S-slow")))


@pytest.mark.parametrize("move", ["start", "complete", "return"])
def test_a_task_is_in_the_hands_of_who_received_it(move: str) -> None:
    desks, task = seen_in("received")
    with pytest.raises(NotTheAssignee):
        desks.does(MOVES[move](task, staff("department", COUNTY, "civil", id="S-other")))


@pytest.mark.parametrize("head", [staff("manager", COUNTY), staff("manager", COUNTY, "civil")])
@pytest.mark.parametrize("move", ["start", "complete", "return"])
def test_the_head_of_the_office_or_of_the_house_may_go_on_with_it(move: str, head: Actor) -> None:
    desks, task = seen_in("received")
    assert desks.does(MOVES[move](task, head)).task(task.id).assignee == DECIDER.id


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (REVIEWER, None),
        (staff("department", CENTER, "civil"), None),
        (staff("manager", CENTER, "civil"), None),
        (HEAD_OF_CENTER, None),
        (staff("window", CENTER), NotTheOffice),  # without a line: the general counter
        (staff("department", CENTER), NotTheOffice),
        (staff("agent", CENTER, "civil"), NotTheOffice),
        (staff("supervisor", CENTER), NotTheOffice),
        (staff("admin", CENTER), NotTheOffice),
        (staff("window", STATION), NotTheOffice),
        (DECIDER, NotTheOffice),
        (staff("manager", COUNTY), NotTheOffice),
        (staff("manager", CITY), NotTheOffice),
        (staff("window", CENTER, "land"), TaskNotFound),
        (staff("department", COUNTY, "land"), TaskNotFound),
        (staff("window", OTHER_CENTER, "civil"), TaskNotFound),
        (staff("manager", OTHER_CENTER), TaskNotFound),
        (staff("citizen", CENTER), TaskNotFound),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
@pytest.mark.parametrize("move", ["receive", "start", "complete", "return"])
def test_who_sees_a_task_and_who_may_act_on_it(move: str, actor: Actor, refusal: type[Refusal] | None) -> None:
    desks = planned()
    if move != "receive":
        desks.does(receive(desks.turn, REVIEWER if refusal else actor))
    if refusal is not None:
        with pytest.raises(refusal):
            desks.does(MOVES[move](desks.turn, actor))
    elif move == "return":
        with pytest.raises(NothingBefore):
            desks.does(MOVES[move](desks.turn, actor))
    else:
        desks.does(MOVES[move](desks.turn, actor))


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (staff("window", STATION), True),
        (staff("manager", STATION), True),
        (staff("window", STATION, "living"), True),
        (staff("agent", STATION), False),
        (staff("manager", CENTER), False),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
def test_a_station_is_its_own_office(actor: Actor, may: bool) -> None:
    desks = planned(an_item("direct", "station", "living"), access(STATION, STATION, "living"))
    if may:
        assert desks.does(receive(desks.turn, actor)).tasks[0].assignee == actor.id
    else:
        with pytest.raises(NotTheOffice, match=STATION):
            desks.does(receive(desks.turn, actor))


def test_a_task_nobody_knows_and_one_that_is_not_to_be_seen_are_told_alike() -> None:
    desks = planned()
    stranger = staff("window", OTHER_CENTER, "civil")
    told = []
    for case in (desks, Desks()):
        with pytest.raises(TaskNotFound) as refused:
            case.does(receive(desks.turn, stranger))
        told.append((refused.value.detail, refused.value.errors))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("build", "opinion", "wrong"),
    [
        (planned, "agree", []),
        (planned, "disagree", []),
        (planned, "grant", ["/opinion"]),
        (planned, "deny", ["/opinion"]),
        (reviewed, "grant", []),
        (reviewed, "deny", []),
        (reviewed, "agree", ["/opinion"]),
        (reviewed, "disagree", ["/opinion"]),
    ],
)
def test_a_review_gives_an_opinion_and_a_decision_decides(
    build: Callable[[], Desks], opinion: Any, wrong: list[str]
) -> None:
    desks = build()
    actor = REVIEWER if desks.turn.kind == "review" else DECIDER
    desks.does(receive(desks.turn, actor))
    if not wrong:
        desks.does(complete(desks.turn, actor, opinion))
        return
    with pytest.raises(OpinionWrong) as refused:
        desks.does(complete(desks.turn, actor, opinion))
    assert [error.pointer for error in refused.value.errors] == wrong


@pytest.mark.parametrize("lacking", ["reason_code", "legal_basis"])
def test_a_denial_has_its_reason_and_its_legal_basis(lacking: str) -> None:
    desks, task = seen_in("received")
    with pytest.raises(OpinionWrong) as refused:
        desks.does(complete(task, DECIDER, "deny", **{lacking: None}))
    assert [error.pointer for error in refused.value.errors] == [f"/{lacking}"]


def test_a_review_hands_on_to_who_decides_whatever_it_found() -> None:
    desks = planned()
    desks.does(receive(desks.turn, REVIEWER))
    review = desks.turn
    desks.does(complete(review, REVIEWER, "disagree", note=SEALED))
    done = desks.route.task(review.id)
    assert (done.opinion, done.note, done.done_at) == ("disagree", SEALED, NOW)
    assert desks.turn.kind == "decide"
    assert desks.names()[-3:] == ["task.received", "task.completed", "task.assigned"]
    assert [one.data.model_dump()["access"]["holders"][0]["org"] for one in desks.told[-2:]] == [COUNTY, COUNTY]


@pytest.mark.parametrize(("opinion", "told"), [("grant", "case.granted"), ("deny", "case.denied")])
def test_a_decision_is_told_and_waits_for_its_delivery(opinion: Any, told: str) -> None:
    desks = decided(opinion)
    assert desks.names()[-2:] == ["task.completed", told]
    assert desks.route.decided_on == NOW.date()
    assert desks.route.closed_on is None
    assert desks.route.holders == ()


@pytest.mark.parametrize("opinion", ["grant", "deny"])
def test_what_is_handled_on_the_spot_is_closed_by_its_decision(opinion: Any) -> None:
    desks = planned(an_item("direct", "center"))
    desks.does(receive(desks.turn, REVIEWER))
    desks.does(complete(desks.turn, REVIEWER, opinion))
    assert desks.names()[-1] == "case.closed"
    assert desks.told[-1].data.model_dump()["result"] == ("granted" if opinion == "grant" else "denied")
    assert desks.route.closed_on == NOW.date()


def test_what_is_sent_back_is_done_again_and_comes_again() -> None:
    desks = second_step("received")
    desks.does(send_back(desks.turn, DECIDER))
    assert [(task.nth, task.seq, task.kind, task.status) for task in desks.route.tasks] == [
        (1, 1, "review", "done"),
        (2, 2, "decide", "returned"),
        (3, 1, "review", "assigned"),
        (4, 2, "decide", "planned"),
    ]
    assert desks.names()[-2:] == ["task.returned", "task.assigned"]
    assert desks.route.tasks[1].note == SEALED
    desks.does(receive(desks.turn, REVIEWER))
    desks.does(complete(desks.turn, REVIEWER))
    assert (desks.turn.nth, desks.turn.kind) == (4, "decide")


def test_what_was_not_signed_for_can_be_sent_back_by_who_refuses_it() -> None:
    desks = reviewed()
    task = desks.turn
    assert desks.does(send_back(task, DECIDER)).task(task.id).assignee == DECIDER.id


def test_the_first_step_has_nothing_before_it() -> None:
    desks = planned()
    desks.does(receive(desks.turn, REVIEWER))
    with pytest.raises(NothingBefore, match="disagree"):
        desks.does(send_back(desks.turn, REVIEWER))
