"""Events of filings of denials (否决报备)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from bianmin.events.routing.parts import CaseData, Cycle


class _Filing(CaseData):
    filing_id: UUID
    cycle: Cycle = 1


class DenialFiled(_Filing):
    """The office that decides filed its intention to deny; the head of the organ has to answer (否决报备)."""

    event_name: ClassVar = "denial.filed"
    event_title: ClassVar = "不予许可已报备"

    filed_on: date


class DenialAnswered(_Filing):
    """The head of the organ answered the filing. Without agreement the office handles the matter further."""

    event_name: ClassVar = "denial.answered"
    event_title: ClassVar = "不予许可的报备已答复"

    agreed: bool
    answered_on: date
