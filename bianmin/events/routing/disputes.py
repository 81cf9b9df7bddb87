"""Events of disputes (矛盾纠纷调处): mediation at the village, the township, the county."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from bianmin.events.parts import Office, OrgLevel
from bianmin.events.routing.parts import CaseData, Cycle


class _Mediation(CaseData):
    level: OrgLevel
    """The level of the division at which the dispute was mediated."""
    office: Office


class MediationRecorded(_Mediation):
    """An attempt to mediate was recorded (人民调解法 art. 26, 28)."""

    event_name: ClassVar = "dispute.mediated"
    event_title: ClassVar = "已调解"

    mediation_id: UUID
    outcome: Literal["agreed", "failed"]
    mediated_on: date


class DisputeEscalated(_Mediation):
    """The dispute was passed upward, after a failed attempt at this level."""

    event_name: ClassVar = "dispute.escalated"
    event_title: ClassVar = "已上报上一级调解"

    to: Office
    """The office that mediates next."""


class DisputeSettled(_Mediation):
    """The parties agreed and the case is closed. `level` is where: 小事不出村、大事不出乡、难事不出县."""

    event_name: ClassVar = "dispute.settled"
    event_title: ClassVar = "调解达成协议"

    closed_on: date
    cycle: Cycle = 1


class DisputeUnsettled(_Mediation):
    """Mediation failed at the last level and the case is closed; the parties are told of arbitration and court."""

    event_name: ClassVar = "dispute.unsettled"
    event_title: ClassVar = "调解终止"

    closed_on: date
    cycle: Cycle = 1
