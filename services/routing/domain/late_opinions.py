"""A late opinion in joint handling goes to the superior of the lead, whose head may give it instead of the office."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bianmin.domain.divisions import parent_of
from bianmin.events.routing import OpinionOverdue
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import Fact, TasksChanged, evolve
from services.routing.domain.offices import office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN


@dataclass(frozen=True, slots=True)
class EscalateLateOpinion:
    """The clock of step `seq` ended before the office gave its opinion."""

    case_id: UUID
    seq: int
    by: Cause


class NoLateOpinion(Conflict):
    """The step is no open review of joint handling, or its lateness is known."""

    slug, title = "no-late-opinion", "没有超期的会办意见"


def escalate_late_opinion(route: Route, command: EscalateLateOpinion) -> Sequence[Fact]:
    """Let the head of the org above the deciding office give an opinion that is late. Raises `NoLateOpinion`."""
    late = next(
        (
            task
            for task in route.tasks
            if task.seq == command.seq and task.group is not None and task.status in OPEN and task.escalated_to is None
        ),
        None,
    )
    superior = parent_of(route.deciding_office.org)
    if late is None or superior is None:
        raise NoLateOpinion("这一步没有超期的会办意见。")
    changed = TasksChanged((replace(late, escalated_to=superior),))
    after = evolve(route, changed)
    office = office_in_event(late.office)
    return [changed, OpinionOverdue(access=after.access(), task_id=late.id, office=office, superior=superior)]
