"""Every command in every status of a task."""

from collections.abc import Callable
from typing import Any

import pytest

from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Refusal
from services.routing.domain.decisions import WrongOpinion
from services.routing.domain.task_checks import WrongTaskStatus
from services.routing.domain.tasks import NoStepBefore
from tests.unit.routing.builders import (
    ACTS,
    COUNTY,
    DECIDER,
    NOW,
    REVIEWER,
    SEALED,
    HandledCase,
    a_case_and_its_second_task,
    a_case_with_second_task,
    a_decided_case,
    a_planned_case,
    a_reviewed_case,
    an_item,
    complete,
    file_and_agree,
    receive,
    return_task,
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


@pytest.mark.parametrize(("act", "status"), TABLE)
def test_every_command_in_every_state(act: str, status: TaskStatus) -> None:
    expected = TABLE[act, status]
    case, task = a_case_and_its_second_task(status)
    if isinstance(expected, str):
        assert case.carry_out(ACTS[act](task, DECIDER)).task(task.id).status == expected
        return
    with pytest.raises(expected) as refused:
        case.carry_out(ACTS[act](task, DECIDER))
    assert refused.value.detail.endswith("。")


def test_the_table_is_complete() -> None:
    statuses = {"planned", "assigned", "received", "in_progress", "done", "returned", "cancelled"}
    assert set(TABLE) == {(act, status) for act in ACTS for status in statuses}


@pytest.mark.parametrize(
    ("build", "opinion", "wrong"),
    [
        (a_planned_case, "agree", []),
        (a_planned_case, "disagree", []),
        (a_planned_case, "grant", ["/opinion"]),
        (a_planned_case, "deny", ["/opinion"]),
        (a_reviewed_case, "grant", []),
        (a_reviewed_case, "deny", []),
        (a_reviewed_case, "agree", ["/opinion"]),
        (a_reviewed_case, "disagree", ["/opinion"]),
    ],
)
def test_a_review_agrees_or_disagrees_and_a_decision_grants_or_denies(
    build: Callable[[], HandledCase], opinion: Any, wrong: list[str]
) -> None:
    case = build()
    actor = REVIEWER if case.open_task.kind == "review" else DECIDER
    case.carry_out(receive(case.open_task, actor))
    if opinion == "deny" and not wrong:
        file_and_agree(case, actor)
    if not wrong:
        case.carry_out(complete(case.open_task, actor, opinion))
        return
    with pytest.raises(WrongOpinion) as refused:
        case.carry_out(complete(case.open_task, actor, opinion))
    assert [error.pointer for error in refused.value.errors] == wrong


@pytest.mark.parametrize("missing", ["reason_code", "legal_basis"])
def test_a_denial_needs_a_reason_and_a_legal_basis(missing: str) -> None:
    case, task = a_case_and_its_second_task("received")
    with pytest.raises(WrongOpinion) as refused:
        case.carry_out(complete(task, DECIDER, "deny", **{missing: None}))
    assert [error.pointer for error in refused.value.errors] == [f"/{missing}"]


def test_a_review_passes_the_case_to_the_deciding_office_whatever_its_opinion() -> None:
    case = a_planned_case()
    case.carry_out(receive(case.open_task, REVIEWER))
    review = case.open_task
    case.carry_out(complete(review, REVIEWER, "disagree", note=SEALED))
    done = case.route.task(review.id)
    assert (done.opinion, done.note, done.done_at) == ("disagree", SEALED, NOW)
    assert case.open_task.kind == "decide"
    assert case.event_names()[-3:] == ["task.received", "task.completed", "task.assigned"]
    assert [each.data.model_dump()["access"]["holders"][0]["org"] for each in case.announced[-2:]] == [COUNTY, COUNTY]


@pytest.mark.parametrize(("opinion", "event_name"), [("grant", "case.granted"), ("deny", "case.denied")])
def test_a_decision_is_announced_and_awaits_delivery(opinion: Any, event_name: str) -> None:
    case = a_decided_case(opinion)
    assert case.event_names()[-2:] == ["task.completed", event_name]
    assert case.route.decided_on == NOW.date()
    assert case.route.closed_on is None
    assert case.route.holders == ()


@pytest.mark.parametrize("opinion", ["grant", "deny"])
def test_a_direct_case_is_closed_by_its_decision(opinion: Any) -> None:
    case = a_planned_case(an_item("direct", "center"))
    case.carry_out(receive(case.open_task, REVIEWER))
    if opinion == "deny":
        file_and_agree(case, REVIEWER)
    case.carry_out(complete(case.open_task, REVIEWER, opinion))
    assert case.event_names()[-1] == "case.closed"
    assert case.announced[-1].data.model_dump()["result"] == ("granted" if opinion == "grant" else "denied")
    assert case.route.closed_on == NOW.date()


def test_a_returned_case_repeats_the_step_before_and_then_the_returned_step() -> None:
    case = a_case_with_second_task("received")
    case.carry_out(return_task(case.open_task, DECIDER))
    assert [(task.place, task.seq, task.kind, task.status) for task in case.route.tasks] == [
        (1, 1, "review", "done"),
        (2, 2, "decide", "returned"),
        (3, 1, "review", "assigned"),
        (4, 2, "decide", "planned"),
    ]
    assert case.event_names()[-2:] == ["task.returned", "task.assigned"]
    assert case.route.tasks[1].note == SEALED
    case.carry_out(receive(case.open_task, REVIEWER))
    case.carry_out(complete(case.open_task, REVIEWER))
    assert (case.open_task.place, case.open_task.kind) == (4, "decide")


def test_a_task_that_nobody_received_may_be_returned() -> None:
    case = a_reviewed_case()
    task = case.open_task
    assert case.carry_out(return_task(task, DECIDER)).task(task.id).assignee == DECIDER.id


def test_the_first_step_cannot_be_returned() -> None:
    case = a_planned_case()
    case.carry_out(receive(case.open_task, REVIEWER))
    with pytest.raises(NoStepBefore, match="disagree"):
        case.carry_out(return_task(case.open_task, REVIEWER))
