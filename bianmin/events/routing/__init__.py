"""The events of the routing service, on topic `bianmin.routing`."""

from bianmin.events.routing.assignment import (
    OpinionOverdue,
    TaskObjected,
    TaskReassigned,
    TaskRecused,
    TaskTransferred,
    TaskVerified,
)
from bianmin.events.routing.assistance import AssistanceAssigned, AssistanceGiven, AssistanceReceived
from bianmin.events.routing.circuits import CircuitClosed, CircuitScheduled
from bianmin.events.routing.directory import OfficeOf, OrgChanged, StaffChanged
from bianmin.events.routing.disputes import DisputeEscalated, DisputeSettled, DisputeUnsettled, MediationRecorded
from bianmin.events.routing.filings import DenialAnswered, DenialFiled
from bianmin.events.routing.outcomes import (
    CaseClosed,
    CaseDelivered,
    CaseDenied,
    CaseGranted,
    CaseReopened,
    CaseReplied,
    WithdrawalRejected,
)
from bianmin.events.routing.parts import Cycle, StepNo
from bianmin.events.routing.periods import (
    ExtensionApproved,
    ExtensionRejected,
    ExtensionRequested,
    ProcedureEnded,
    ProcedureStarted,
)
from bianmin.events.routing.rosters import DutyPublished
from bianmin.events.routing.tasks import (
    PlannedStep,
    RoutePlanned,
    RouteVoided,
    TaskAssigned,
    TaskCompleted,
    TaskReceived,
    TaskReturned,
    TaskStarted,
)

__all__ = [
    "AssistanceAssigned",
    "AssistanceGiven",
    "AssistanceReceived",
    "CaseClosed",
    "CaseDelivered",
    "CaseDenied",
    "CaseGranted",
    "CaseReopened",
    "CaseReplied",
    "CircuitClosed",
    "CircuitScheduled",
    "Cycle",
    "DenialAnswered",
    "DenialFiled",
    "DisputeEscalated",
    "DisputeSettled",
    "DisputeUnsettled",
    "DutyPublished",
    "ExtensionApproved",
    "ExtensionRejected",
    "ExtensionRequested",
    "MediationRecorded",
    "OfficeOf",
    "OpinionOverdue",
    "OrgChanged",
    "PlannedStep",
    "ProcedureEnded",
    "ProcedureStarted",
    "RoutePlanned",
    "RouteVoided",
    "StaffChanged",
    "StepNo",
    "TaskAssigned",
    "TaskCompleted",
    "TaskObjected",
    "TaskReassigned",
    "TaskReceived",
    "TaskRecused",
    "TaskReturned",
    "TaskStarted",
    "TaskTransferred",
    "TaskVerified",
    "WithdrawalRejected",
]
