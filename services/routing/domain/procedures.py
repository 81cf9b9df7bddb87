"""Special procedures (行政许可法 art. 45): start and end one. The statutory period pauses meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import ProcedureKind
from bianmin.events.routing import ProcedureEnded, ProcedureStarted
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, NotFound
from services.routing.domain.facts import Fact, ProcedureChanged
from services.routing.domain.offices import NotTheOffice, office_name, works_at
from services.routing.domain.preconditions import check_open
from services.routing.domain.route import Route, SpecialProcedure


@dataclass(frozen=True, slots=True)
class StartProcedure:
    """Start a special procedure. `expected_days` are working days; `reason` is encrypted."""

    case_id: UUID
    procedure_id: UUID
    kind: ProcedureKind
    expected_days: int
    reason: bytes
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class EndProcedure:
    """End a special procedure. `today` is its last day."""

    case_id: UUID
    procedure_id: UUID
    today: date
    by: Cause


class ProcedureNotFound(NotFound):
    """The case has no such special procedure."""

    slug, title = "procedure-not-found", "没有这个特别程序"


class ProcedureUnderWay(Conflict):
    """A special procedure of this kind goes on already."""

    slug, title = "procedure-under-way", "特别程序正在进行"


class ProcedureAlreadyEnded(Conflict):
    """The special procedure has ended."""

    slug, title = "procedure-over", "特别程序已经结束"


class PublicityDoesNotPause(Conflict):
    """The days of the publicity of this item count towards the period."""

    slug, title = "publicity-counts", "公示时间计入期限"


def start_procedure(route: Route, command: StartProcedure) -> Sequence[Fact]:
    """Start a special procedure at an office that decides or handles the case.

    Raises `NotTheOffice`, `CaseNotOpen`, `PublicityDoesNotPause` or `ProcedureUnderWay`.
    """
    _check_office(route, command.by.actor)
    check_open(route)
    if command.kind == "publicity" and route.item.publicity_counts:
        raise PublicityDoesNotPause("这个事项的公示时间计入办理期限，不暂停计时；直接公示即可，不必登记特别程序。")
    if any(each.kind == command.kind and each.ended_on is None for each in route.procedures):
        name = PROCEDURES[command.kind]
        raise ProcedureUnderWay(f"{name}正在进行，不必重复登记；结束后请登记结束（end）。")
    procedure = SpecialProcedure(
        id=command.procedure_id,
        case_id=route.case_id,
        kind=command.kind,
        expected_days=command.expected_days,
        reason=command.reason,
        started_on=command.today,
        started_by=command.by.actor.id,
        cycle=route.cycle,
    )
    started = ProcedureStarted(
        access=route.access(),
        procedure_id=procedure.id,
        kind=procedure.kind,
        started_on=procedure.started_on,
        expected_days=procedure.expected_days,
    )
    return [ProcedureChanged(procedure), started]


def end_procedure(route: Route, command: EndProcedure) -> Sequence[Fact]:
    """End a special procedure. Raises `NotTheOffice`, `ProcedureNotFound` or `ProcedureAlreadyEnded`."""
    _check_office(route, command.by.actor)
    procedure = route.procedure(command.procedure_id)
    if procedure is None:
        raise ProcedureNotFound("这个办件没有这个特别程序；请核对编号。")
    if procedure.ended_on is not None:
        others = "、".join(PROCEDURES[each.kind] for each in route.procedures if each.ended_on is None)
        still_paused = f"{others}仍在进行，期限仍暂停计算。" if others else ""
        raise ProcedureAlreadyEnded(
            f"{PROCEDURES[procedure.kind]}已于 {procedure.ended_on} 结束，不必再登记。{still_paused}"
        )
    return end_procedure_on(route, procedure, command.today)


def end_procedure_on(route: Route, procedure: SpecialProcedure, day: date) -> Sequence[Fact]:
    """End the special procedure; `day` is its last day."""
    ended = ProcedureEnded(
        access=route.access(),
        procedure_id=procedure.id,
        kind=procedure.kind,
        started_on=procedure.started_on,
        ended_on=day,
    )
    return [ProcedureChanged(replace(procedure, ended_on=day)), ended]


def _check_office(route: Route, actor: Actor) -> None:
    offices = (*route.holders, route.deciding_office)
    if not any(works_at(actor, office) for office in offices):
        raise NotTheOffice(
            f"特别程序由作出决定或正在办理的单位（{office_name(offices[0])}）登记；请由该单位的工作人员操作。"
        )
