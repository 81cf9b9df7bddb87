"""Decide a command about a route: which facts follow."""

from collections.abc import Sequence
from typing import assert_never

from services.routing.domain.assignment import (
    AssignmentCommand,
    AssignTask,
    RecuseFromTask,
    VerifyTask,
    change_assignment,
)
from services.routing.domain.circuits.circuit import CircuitCommand
from services.routing.domain.delivery import DeliverResult, deliver
from services.routing.domain.directory.decide import DirectoryCommand
from services.routing.domain.disputes import EscalateDispute, RecordMediation, escalate, record_mediation
from services.routing.domain.extensions import AnswerExtension, RequestExtension, answer_extension, request_extension
from services.routing.domain.facts import Fact
from services.routing.domain.filings import AnswerFiling, FileDenial, answer_filing, file_denial
from services.routing.domain.late_opinions import EscalateLateOpinion, escalate_late_opinion
from services.routing.domain.objections import ObjectToTask, SettleObjection
from services.routing.domain.planning import PlanRoute, plan
from services.routing.domain.preconditions import existing, visible
from services.routing.domain.procedures import EndProcedure, StartProcedure, end_procedure, start_procedure
from services.routing.domain.reopening import ReopenCase, reopen
from services.routing.domain.reply import ReplyToApplicant, reply_to_applicant
from services.routing.domain.rosters.roster import PutRoster, RecordDays
from services.routing.domain.route import Route
from services.routing.domain.statutory_period import RecordStatutoryEnd, record_statutory_end
from services.routing.domain.tasks import CompleteTask, ReceiveTask, ReturnTask, StartTask, TaskCommand, work_on_task
from services.routing.domain.transfers import TransferTask
from services.routing.domain.voiding import VoidRoute, void
from services.routing.domain.withdrawal import AnswerWithdrawal, answer_withdrawal

CaseCommand = (
    PlanRoute
    | VoidRoute
    | RecordStatutoryEnd
    | AnswerWithdrawal
    | EscalateLateOpinion
    | DeliverResult
    | ReplyToApplicant
    | RecordMediation
    | EscalateDispute
    | StartProcedure
    | EndProcedure
    | RequestExtension
    | FileDenial
    | ReopenCase
)
"""Commands that name their case."""
RouteCommand = CaseCommand | AnswerExtension | AnswerFiling | TaskCommand | AssignmentCommand
Command = DirectoryCommand | RouteCommand | PutRoster | RecordDays | CircuitCommand


def decide(route: Route | None, command: RouteCommand) -> Sequence[Fact]:
    """The facts that follow from a command. Raises a `Refusal`: each decider names those it raises."""
    match command:
        case PlanRoute():
            return plan(route, command)
        case VoidRoute():
            return void(existing(route), command)
        case RecordStatutoryEnd():
            return record_statutory_end(existing(route), command)
        case AnswerWithdrawal():
            return answer_withdrawal(existing(route), command)
        case EscalateLateOpinion():
            return escalate_late_opinion(existing(route), command)
        case DeliverResult():
            return deliver(visible(route, command.by.actor), command)
        case ReplyToApplicant():
            return reply_to_applicant(visible(route, command.by.actor), command)
        case RecordMediation():
            return record_mediation(visible(route, command.by.actor), command)
        case EscalateDispute():
            return escalate(visible(route, command.by.actor), command)
        case StartProcedure():
            return start_procedure(visible(route, command.by.actor), command)
        case EndProcedure():
            return end_procedure(visible(route, command.by.actor), command)
        case RequestExtension():
            return request_extension(visible(route, command.by.actor), command)
        case AnswerExtension():
            return answer_extension(route, command)
        case FileDenial():
            return file_denial(visible(route, command.by.actor), command)
        case AnswerFiling():
            return answer_filing(route, command)
        case ReopenCase():
            return reopen(visible(route, command.by.actor), command)
        case AssignTask() | SettleObjection() | TransferTask() | ObjectToTask() | VerifyTask() | RecuseFromTask():
            return change_assignment(route, command)
        case ReceiveTask() | StartTask() | CompleteTask() | ReturnTask():
            return work_on_task(route, command)
    assert_never(command)
