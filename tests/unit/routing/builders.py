"""Builders for tests of routing: staff, commands, and cases in each state, without a database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.events.parts import Access, ItemFacts, Mode, TaskOpinion, TaskStatus
from bianmin.kit.decide import Announcement, Cause, Done, Refused, decide_all
from bianmin.kit.time_source import TZ
from services.routing.domain.assignment import AssignTask, RecuseFromTask, VerifyTask
from services.routing.domain.decide import CaseCommand, RouteCommand, decide
from services.routing.domain.delivery import DeliverResult
from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.disputes import EscalateDispute, RecordMediation
from services.routing.domain.extensions import AnswerExtension
from services.routing.domain.facts import evolve
from services.routing.domain.filings import AnswerFiling, FileDenial
from services.routing.domain.objections import ObjectToTask, SettleObjection
from services.routing.domain.planning import MOST_STEPS, PlanRoute
from services.routing.domain.reply import ReplyToApplicant
from services.routing.domain.route import DeliveryReceipt, DenialFiling, MediationOutcome, Reply, Route
from services.routing.domain.task import Task
from services.routing.domain.tasks import CompleteTask, ReceiveTask, ReturnTask, StartTask
from services.routing.domain.transfers import TransferTask
from services.routing.domain.withdrawal import AnswerWithdrawal

STATION, CENTER, COUNTY, CITY, PROVINCE = "520111101201", "520111101", "520111", "5201", "52"
OTHER_STATION, OTHER_CENTER = "520111102201", "520111102"
CASE = UUID("01900000-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 2, 9, tzinfo=TZ)
TODAY = NOW.date()
SEALED = b"sealed"


def staff(role: str, org: str, dept: str | None = None, *, id: str | None = None) -> Actor:
    return Actor(id or "-".join([role, org, *([dept] if dept else [])]), org, frozenset({role}), dept)


REVIEWER = staff("window", CENTER, "civil")
DECIDER = staff("department", COUNTY, "civil")
HEAD_OF_CENTER = staff("manager", CENTER)


def by(actor: Actor = REVIEWER) -> Cause:
    return Cause(actor)


SYSTEM = Cause(Actor("system", CENTER))


def an_item(mode: Mode = "report_up", level: str = "county", category: str = "civil", **given: Any) -> ItemFacts:
    return ItemFacts.model_validate(
        {
            "org": COUNTY,
            "code": "MZ-001",
            "version": 1,
            "name": "最低生活保障审核确认",
            "category": category,
            "mode": mode,
            "item_type": "05",
            "decide_level": level,
            **given,
        }
    )


def access(desk: str = STATION, accepting: str | None = None, dept: str = "civil") -> Access:
    return Access.model_validate({"org": desk, "accepting_org": accepting or desk[:9], "dept": dept})


_numbers = count(2)


def a_task_id() -> UUID:
    return UUID(f"01900000-0000-7000-9000-{next(_numbers):012}")


def a_plan(item: ItemFacts | None = None, where: Access | None = None) -> PlanRoute:
    ids = tuple(a_task_id() for _ in range(MOST_STEPS))
    return PlanRoute(CASE, "520111101201-20260302-0001", item or an_item(), where or access(), ids, TODAY, SYSTEM)


@dataclass
class HandledCase:
    """One case, its route and the events that were announced."""

    states: dict[UUID, Route] = field(default_factory=dict)
    announced: list[Announcement] = field(default_factory=list)

    @property
    def route(self) -> Route:
        return self.states[CASE]

    def task(self, seq: int) -> Task:
        """The latest task of this step."""
        return [task for task in self.route.tasks if task.seq == seq][-1]

    @property
    def open_task(self) -> Task:
        """The task whose turn it is."""
        (task,) = [task for task in self.route.tasks if task.status in ("assigned", "received", "in_progress")]
        return task

    def event_names(self) -> list[str]:
        return [each.data.event_name for each in self.announced]

    def carry_out(self, command: RouteCommand) -> Route:
        """Carry out a command; raise its refusal, then nothing has changed."""
        case_of = {task.id: case_id for case_id, route in self.states.items() for task in route.tasks}
        case_of |= {each.id: case_id for case_id, route in self.states.items() for each in route.extensions}
        case_of |= {each.id: case_id for case_id, route in self.states.items() for each in route.filings}

        def key(each: RouteCommand) -> UUID:
            if isinstance(each, CaseCommand):
                return each.case_id
            match each:
                case AnswerExtension():
                    return case_of.get(each.extension_id, UUID(int=0))
                case AnswerFiling():
                    return case_of.get(each.filing_id, UUID(int=0))
                case _:
                    return case_of.get(each.task_id, UUID(int=0))

        before = dict(self.states)
        work = decide_all(self.states, [command], key=key, subject=str, decide=decide, evolve=evolve)
        (outcome,) = work.outcomes
        if isinstance(outcome, Refused):
            assert self.states == before
            assert not work.announced
            raise outcome.error
        assert isinstance(outcome, Done)
        self.announced += work.announced
        route: Route = outcome.state
        return route


def a_planned_case(item: ItemFacts | None = None, where: Access | None = None) -> HandledCase:
    case = HandledCase()
    case.carry_out(a_plan(item, where))
    return case


def receive(task: Task, actor: Actor) -> ReceiveTask:
    return ReceiveTask(task.id, NOW, by(actor))


def start(task: Task, actor: Actor) -> StartTask:
    return StartTask(task.id, by(actor))


def complete(task: Task, actor: Actor, opinion: TaskOpinion | None = None, **given: Any) -> CompleteTask:
    if opinion is None:
        opinion = "agree" if task.kind == "review" else "grant" if task.kind == "decide" else "helped"
    if opinion == "deny":
        given = {"reason_code": "not_eligible", "legal_basis": "社会救助暂行办法第九条", **given}
    return CompleteTask(task.id, opinion, NOW, TODAY, by(actor), **given)


def return_task(task: Task, actor: Actor) -> ReturnTask:
    return ReturnTask(task.id, SEALED, NOW, tuple(a_task_id() for _ in range(MOST_STEPS)), by(actor))


def deliver(actor: Actor, on: date = TODAY) -> DeliverResult:
    return DeliverResult(CASE, DeliveryReceipt("in_person", on, SEALED), by(actor))


def reply(actor: Actor, on: date = TODAY) -> ReplyToApplicant:
    return ReplyToApplicant(CASE, Reply("visit", on, SEALED), TODAY, by(actor))


def mediate(actor: Actor, outcome: MediationOutcome = "agreed", on: date = TODAY) -> RecordMediation:
    return RecordMediation(CASE, a_task_id(), on, outcome, SEALED, SEALED, NOW, TODAY, by(actor))


def escalate(task: Task, actor: Actor) -> EscalateDispute:
    return EscalateDispute(CASE, task.id, SEALED, NOW, by(actor))


def a_member(actor: Actor) -> StaffMember:
    return StaffMember(actor.id, actor.org, "张三", ("department",), actor.dept)  # type: ignore[arg-type]


def assign(task: Task, actor: Actor, to: Actor | None = None) -> AssignTask:
    return AssignTask(task.id, a_member(to or DECIDER), by(actor))


def transfer(task: Task, actor: Actor, office: Holder | None = None, *, exists: bool = True) -> TransferTask:
    office = office or Holder(task.office.org, "land")
    return TransferTask(task.id, a_task_id(), office, exists, SEALED, NOW, by(actor))


def object_to(task: Task, actor: Actor, on: date = TODAY) -> ObjectToTask:
    return ObjectToTask(task.id, SEALED, on, by(actor))


def settle(task: Task, actor: Actor, office: Holder | None = None, *, exists: bool = True) -> SettleObjection:
    office = office or Holder(task.office.org, "land")
    return SettleObjection(task.id, a_task_id(), office, exists, TODAY, by(actor))


def verify(task: Task, actor: Actor) -> VerifyTask:
    return VerifyTask(task.id, by(actor))


def recuse(task: Task, actor: Actor) -> RecuseFromTask:
    return RecuseFromTask(task.id, SEALED, by(actor))


def file_denial(actor: Actor) -> FileDenial:
    return FileDenial(CASE, a_task_id(), SEALED, SEALED, "社会救助暂行办法第九条", (), TODAY, by(actor))


def answer_filing(filing: DenialFiling, actor: Actor, *, agree: bool = True) -> AnswerFiling:
    return AnswerFiling(filing.id, agree, SEALED, TODAY, by(actor))


def file_and_agree(case: HandledCase, clerk: Actor) -> None:
    """Have the head of the deciding office agree to a denial that the clerk files."""
    case.carry_out(file_denial(clerk))
    head = staff("manager", case.route.deciding_office.org, id="head")
    case.carry_out(answer_filing(case.route.filings[-1], head))


def withdraw() -> AnswerWithdrawal:
    return AnswerWithdrawal(CASE, TODAY, SYSTEM)


def a_reviewed_case() -> HandledCase:
    case = a_planned_case()
    case.carry_out(receive(case.open_task, REVIEWER))
    case.carry_out(complete(case.open_task, REVIEWER))
    return case


def a_decided_case(opinion: TaskOpinion = "grant") -> HandledCase:
    case = a_reviewed_case()
    case.carry_out(receive(case.open_task, DECIDER))
    if opinion == "deny":
        file_and_agree(case, DECIDER)
    case.carry_out(complete(case.open_task, DECIDER, opinion))
    return case


Act = Callable[[Task, Actor], RouteCommand]
ACTS: dict[str, Act] = {"receive": receive, "start": start, "complete": complete, "return": return_task}


def a_case_with_second_task(status: TaskStatus) -> HandledCase:
    """A case whose deciding task is in this status; where it has an assignee, DECIDER is the assignee."""
    case = a_planned_case() if status == "planned" else a_reviewed_case()
    match status:
        case "received":
            case.carry_out(receive(case.open_task, DECIDER))
        case "in_progress":
            case.carry_out(receive(case.open_task, DECIDER))
            case.carry_out(start(case.open_task, DECIDER))
        case "done":
            return a_decided_case()
        case "returned":
            case.carry_out(return_task(case.open_task, DECIDER))
        case "cancelled":
            case.carry_out(withdraw())
    return case


def a_case_and_its_second_task(status: TaskStatus) -> tuple[HandledCase, Any]:
    """The same case, and its deciding task."""
    case = a_case_with_second_task(status)
    return case, next(task for task in case.route.tasks if task.seq == 2 and task.status == status)
