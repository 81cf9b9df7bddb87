"""Events of assisted handling (协助办理): a desk helps the applicant; no organ of ours decides."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from bianmin.events.parts import Office
from bianmin.events.routing.parts import CaseData, Cycle


class _Assistance(CaseData):
    task_id: UUID
    office: Office
    """The desk that helps."""
    assignee: str | None = None
    """Staff id of the person who helps; null while nobody does."""


class AssistanceAssigned(_Assistance):
    """A desk has to help the applicant to prepare and hand in a matter that others decide. No authority moves."""

    event_name: ClassVar = "assistance.assigned"
    event_title: ClassVar = "等待协助"


class AssistanceReceived(_Assistance):
    """A staff member of the desk signed for the matter."""

    event_name: ClassVar = "assistance.received"
    event_title: ClassVar = "已由专人协助"


class AssistanceGiven(_Assistance):
    """The desk has helped and told the applicant where to go next; the case is closed without a decision of ours."""

    event_name: ClassVar = "assistance.given"
    event_title: ClassVar = "已协助并告知去向"

    closed_on: date
    cycle: Cycle = 1
