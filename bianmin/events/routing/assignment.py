"""Events about who does a task."""

from typing import ClassVar
from uuid import UUID

from bianmin.events.parts import Office, OrgCode, StepKind
from bianmin.events.routing.parts import CaseData, StepNo


class _Assignment(CaseData):
    task_id: UUID
    office: Office


class TaskReassigned(_Assignment):
    """The head of the office assigned the task to a member of its staff, who has not signed for it yet."""

    event_name: ClassVar = "task.reassigned"
    event_title: ClassVar = "已指派经办人"

    assignee: str
    """Staff id of the member."""


class TaskTransferred(_Assignment):
    """The task was transferred to another office, where a new task takes its place. Periods go on."""

    event_name: ClassVar = "task.transferred"
    event_title: ClassVar = "已转交其他单位"

    seq: StepNo
    kind: StepKind
    to: Office
    to_task_id: UUID
    """The task at the other office."""


class TaskObjected(_Assignment):
    """The office objected on the day on which the matter came: the matter is not its own."""

    event_name: ClassVar = "task.objected"
    event_title: ClassVar = "办理单位提出异议"

    superior: OrgCode
    """The org whose head sets the office."""


class TaskVerified(_Assignment):
    """A second person verified the work (行政许可法 art. 34(3)). The envelope names this person as the actor."""

    event_name: ClassVar = "task.verified"
    event_title: ClassVar = "第二人已复核"

    assignee: str | None = None
    """Staff id of the first person."""


class TaskRecused(_Assignment):
    """A member of the office declared an interest and takes no part (回避). The envelope names the actor."""

    event_name: ClassVar = "task.recused"
    event_title: ClassVar = "工作人员回避"


class OpinionOverdue(_Assignment):
    """An office has not given its opinion in joint handling in time. The head of the superior may give it instead."""

    event_name: ClassVar = "joint.opinion_overdue"
    event_title: ClassVar = "会办意见超期，已报上级"

    superior: OrgCode
    """The org above the deciding office."""
