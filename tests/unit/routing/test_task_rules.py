"""Every command in every state of a task, and who may give it."""

from collections.abc import Callable
from typing import Any

import pytest

from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Refusal
from services.routing.domain.tasks import (
    NothingBefore,
    OpinionWrong,
    WrongTaskStatus,
)
from tests.unit.routing.desks import (
    COUNTY,
    DECIDER,
    MOVES,
    NOW,
    REVIEWER,
    SEALED,
    Desks,
    an_item,
    complete,
    decided,
    planned,
    receive,
    reviewed,
    second_step,
    seen_in,
    send_back,
)

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
    assert [(task.place, task.seq, task.kind, task.status) for task in desks.route.tasks] == [
        (1, 1, "review", "done"),
        (2, 2, "decide", "returned"),
        (3, 1, "review", "assigned"),
        (4, 2, "decide", "planned"),
    ]
    assert desks.names()[-2:] == ["task.returned", "task.assigned"]
    assert desks.route.tasks[1].note == SEALED
    desks.does(receive(desks.turn, REVIEWER))
    desks.does(complete(desks.turn, REVIEWER))
    assert (desks.turn.place, desks.turn.kind) == (4, "decide")


def test_what_was_not_signed_for_can_be_sent_back_by_who_refuses_it() -> None:
    desks = reviewed()
    task = desks.turn
    assert desks.does(send_back(task, DECIDER)).task(task.id).assignee == DECIDER.id


def test_the_first_step_has_nothing_before_it() -> None:
    desks = planned()
    desks.does(receive(desks.turn, REVIEWER))
    with pytest.raises(NothingBefore, match="disagree"):
        desks.does(send_back(desks.turn, REVIEWER))
