"""A task: one step of a route at one office."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events.parts import TaskKind, TaskOpinion, TaskStatus

OPEN: frozenset[TaskStatus] = frozenset({"assigned", "received", "in_progress"})
"""Statuses of the tasks whose turn it is: one task of a route, or several whose steps run side by side."""
TAKEN: frozenset[Literal["received", "in_progress"]] = frozenset({"received", "in_progress"})
"""Statuses of a task that a person has signed for."""


Objection = Literal["raised", "settled"]
"""`raised`: the office says that the matter is not its own, and the common superior has not decided yet."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step at one office.

    `place` counts the tasks of the route from 1; a step that is repeated is a new task with a higher place.
    `seq` is the step's number within the plan, from 1; steps that run side by side have the same `group`.
    `cycle` is the cycle of the case for which it was planned.
    `note` is the office's text, `result` what was granted; both are encrypted. `verified_by` is the second person
    (行政许可法 art. 34(3)). `recused` are the people who declared an interest. `assigned_on` is None for tasks of an
    older program. `escalated_to` is the org whose head may act instead of the office, because a joint opinion is late.
    """

    id: UUID
    case_id: UUID
    place: int
    seq: int
    kind: TaskKind
    office: Holder
    status: TaskStatus = "planned"
    assignee: str | None = None
    received_at: datetime | None = None
    done_at: datetime | None = None
    opinion: TaskOpinion | None = None
    note: bytes | None = None
    reason_code: str | None = None
    legal_basis: str | None = None
    cycle: int = 1
    group: int | None = None
    assigned_on: date | None = None
    verified_by: str | None = None
    recused: tuple[str, ...] = ()
    objection: Objection | None = None
    result: bytes | None = None
    escalated_to: str | None = None
