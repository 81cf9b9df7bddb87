"""Facts about a route: all that can happen to it, and the route after it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, assert_never
from uuid import UUID

from bianmin.events.intake import CaseWithdrawn
from bianmin.events.routing import (
    AssistanceAssigned,
    AssistanceGiven,
    AssistanceReceived,
    CaseClosed,
    CaseDelivered,
    CaseDenied,
    CaseGranted,
    CaseReopened,
    CaseReplied,
    DenialAnswered,
    DenialFiled,
    DisputeEscalated,
    DisputeSettled,
    DisputeUnsettled,
    ExtensionApproved,
    ExtensionRejected,
    ExtensionRequested,
    MediationRecorded,
    OpinionOverdue,
    ProcedureEnded,
    ProcedureStarted,
    RoutePlanned,
    RouteVoided,
    TaskAssigned,
    TaskCompleted,
    TaskObjected,
    TaskReassigned,
    TaskReceived,
    TaskRecused,
    TaskReturned,
    TaskStarted,
    TaskTransferred,
    TaskVerified,
    WithdrawalRejected,
)
from services.routing.domain.route import (
    DeliveryReceipt,
    DenialFiling,
    Extension,
    Mediation,
    PastCycle,
    Reply,
    Route,
    SpecialProcedure,
    StatutoryEnd,
)
from services.routing.domain.task import Task


@dataclass(frozen=True, slots=True)
class RouteOpened:
    """A case was accepted; it has no tasks yet."""

    route: Route


@dataclass(frozen=True, slots=True)
class TasksChanged:
    """Tasks in their new state. New tasks come after the existing ones."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class ReceiptSigned:
    """Somebody signed for the result."""

    receipt: DeliveryReceipt


@dataclass(frozen=True, slots=True)
class ReplyRecorded:
    """The applicant was told the result."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class MediationAdded:
    """There was an attempt to mediate."""

    mediation: Mediation


@dataclass(frozen=True, slots=True)
class ProcedureChanged:
    """A special procedure in its new state: started or ended."""

    procedure: SpecialProcedure


@dataclass(frozen=True, slots=True)
class ExtensionChanged:
    """A request for an extension in its new state: made, answered or lapsed."""

    extension: Extension


@dataclass(frozen=True, slots=True)
class FilingChanged:
    """A filing of a denial in its new state: filed, answered or lapsed."""

    filing: DenialFiling


@dataclass(frozen=True, slots=True)
class StatutoryEndChanged:
    """The statutory period ends at another moment, or is paused."""

    statutory_end: StatutoryEnd


@dataclass(frozen=True, slots=True)
class RouteReopened:
    """A new cycle starts. `ended` is the cycle before it."""

    ended: PastCycle


@dataclass(frozen=True, slots=True)
class RouteMarkedVoid:
    """The acceptance of the case was corrected."""


WithoutEffect = (
    RouteVoided
    | TaskAssigned
    | TaskReceived
    | TaskStarted
    | TaskCompleted
    | TaskReturned
    | TaskReassigned
    | TaskTransferred
    | TaskObjected
    | TaskVerified
    | TaskRecused
    | OpinionOverdue
    | AssistanceReceived
    | MediationRecorded
    | DisputeEscalated
    | DenialFiled
    | DenialAnswered
    | CaseDelivered
    | CaseReplied
    | CaseReopened
    | ProcedureStarted
    | ProcedureEnded
    | ExtensionRequested
    | ExtensionApproved
    | ExtensionRejected
    | WithdrawalRejected
)
"""Announced facts that change nothing: the private fact before each of them has changed the route."""

Fact = (
    RouteOpened
    | TasksChanged
    | ReceiptSigned
    | ReplyRecorded
    | MediationAdded
    | ProcedureChanged
    | ExtensionChanged
    | FilingChanged
    | StatutoryEndChanged
    | RouteReopened
    | RouteMarkedVoid
    | RoutePlanned
    | AssistanceAssigned
    | CaseGranted
    | CaseDenied
    | CaseWithdrawn
    | CaseClosed
    | AssistanceGiven
    | DisputeSettled
    | DisputeUnsettled
    | WithoutEffect
)


def evolve(route: Route | None, fact: Fact) -> Route:
    """The route after a fact."""
    if isinstance(fact, RouteOpened):
        return fact.route
    assert route is not None
    match fact:
        case TasksChanged(tasks):
            return replace(route, tasks=_with_changed(route.tasks, tasks), version=route.version + 1)
        case ProcedureChanged(procedure):
            procedures = _with_changed(route.procedures, (procedure,))
            return replace(route, procedures=procedures, version=route.version + 1)
        case ExtensionChanged(extension):
            extensions = _with_changed(route.extensions, (extension,))
            return replace(route, extensions=extensions, version=route.version + 1)
        case FilingChanged(filing):
            return replace(route, filings=_with_changed(route.filings, (filing,)), version=route.version + 1)
        case StatutoryEndChanged(statutory_end):
            return replace(route, statutory_end=statutory_end)
        case RouteReopened(ended):
            return replace(
                route,
                cycle=route.cycle + 1,
                past=(*route.past, ended),
                status="open",
                decided_on=None,
                delivered=None,
                reply=None,
                closed_on=None,
                statutory_end=None,
                version=route.version + 1,
            )
        case RouteMarkedVoid():
            return replace(route, status="void", statutory_end=None, version=route.version + 1)
        case ReceiptSigned(receipt):
            return replace(route, delivered=receipt, version=route.version + 1)
        case ReplyRecorded(reply):
            return replace(route, reply=reply, version=route.version + 1)
        case MediationAdded(mediation):
            return replace(route, mediations=(*route.mediations, mediation), version=route.version + 1)
        case RoutePlanned() | AssistanceAssigned():
            return replace(route, status="open")
        case AssistanceGiven(closed_on=day):
            return replace(route, status="helped", closed_on=day)
        case DisputeSettled(closed_on=day):
            return replace(route, status="settled", closed_on=day)
        case DisputeUnsettled(closed_on=day):
            return replace(route, status="unsettled", closed_on=day)
        case CaseGranted(decided_on=day):
            return replace(route, status="granted", decided_on=day)
        case CaseDenied(decided_on=day):
            return replace(route, status="denied", decided_on=day)
        case CaseWithdrawn():
            return replace(route, status="withdrawn")
        case CaseClosed(closed_on=day):
            return replace(route, closed_on=day)
        case (
            TaskAssigned()
            | TaskReceived()
            | TaskCompleted()
            | TaskStarted()
            | TaskReturned()
            | TaskReassigned()
            | TaskTransferred()
            | TaskObjected()
            | TaskVerified()
            | TaskRecused()
            | OpinionOverdue()
            | AssistanceReceived()
            | MediationRecorded()
            | DisputeEscalated()
            | DenialFiled()
            | DenialAnswered()
            | CaseDelivered()
            | CaseReplied()
            | CaseReopened()
            | RouteVoided()
            | ProcedureStarted()
            | ProcedureEnded()
            | ExtensionRequested()
            | ExtensionApproved()
            | ExtensionRejected()
            | WithdrawalRejected()
        ):
            return route
    assert_never(fact)


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Identified = TypeVar("Identified", bound=_HasId)


def _with_changed(present: tuple[Identified, ...], changed: Iterable[Identified]) -> tuple[Identified, ...]:
    """The present ones, each replaced by the changed one with its id; new ones at the end."""
    by_id = {each.id: each for each in present}
    by_id.update((each.id, each) for each in changed)
    return tuple(by_id.values())
