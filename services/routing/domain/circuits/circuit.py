"""A session of a circuit: plan it, book it, close it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events.routing import CircuitClosed, CircuitScheduled
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound

CircuitStatus = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Circuit:
    """A session. `held_on` is its day, `start_time` and `end_time` are its hours as `HH:MM`.

    `team` are staff ids, `items` item codes. `booked` counts the bookings, `sequence` the announced events, `version`
    the changes.
    """

    id: UUID
    org: str
    place: str
    held_on: date
    start_time: str
    end_time: str
    items: tuple[str, ...]
    capacity: int
    team: tuple[str, ...]
    planned_by: str
    status: CircuitStatus = "open"
    booked: int = 0
    sequence: int = 0
    version: int = 0

    @property
    def free(self) -> int:
        """How many more bookings the session takes."""
        return self.capacity - self.booked if self.status == "open" else 0


@dataclass(frozen=True, slots=True)
class Booking:
    """A place at a session. `name` and `phone` are encrypted."""

    id: UUID
    circuit_id: UUID
    item_code: str
    name: bytes
    phone: bytes
    booked_by: str


@dataclass(frozen=True, slots=True)
class PlanCircuit:
    """Plan a session. `org_exists` and `unknown_staff` are what the directory says of its org and team."""

    circuit_id: UUID
    circuit: Circuit
    org_exists: bool
    unknown_staff: tuple[int, ...]
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class BookCircuit:
    """Book a place at a session."""

    circuit_id: UUID
    booking: Booking
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class CloseCircuit:
    """Close a session: it is over, or was called off."""

    circuit_id: UUID
    by: Cause


CircuitCommand = PlanCircuit | BookCircuit | CloseCircuit


class CircuitNotFound(NotFound):
    """There is no such session."""

    slug, title = "circuit-not-found", "没有这次巡回办理"


class CircuitWrong(Invalid):
    """The session lies in the past, ends before it starts, or names people or an org that do not exist."""

    slug, title = "circuit-wrong", "巡回办理的安排有误"


class ItemNotHandled(Invalid):
    """The session does not handle the item."""

    slug, title = "item-not-handled", "这次不办这个事项"


class CircuitElsewhere(Forbidden):
    """The org of the session is not in the actor's subtree."""

    slug, title = "circuit-elsewhere", "不是本单位的巡回办理"


class CircuitFull(Conflict):
    """All places are booked."""

    slug, title = "circuit-full", "已经约满"


class CircuitOver(Conflict):
    """The session is closed, or its day is over."""

    slug, title = "circuit-over", "这次巡回办理已经结束"


@dataclass(frozen=True, slots=True)
class CircuitSet:
    """The session in its new state."""

    circuit: Circuit


@dataclass(frozen=True, slots=True)
class PlaceBooked:
    """Somebody has booked a place."""

    booking: Booking


CircuitFact = CircuitSet | PlaceBooked | CircuitScheduled | CircuitClosed


def decide_circuit(circuit: Circuit | None, command: CircuitCommand) -> Sequence[CircuitFact]:
    """Return the facts of a command about a session.

    Raises `CircuitNotFound`, `CircuitElsewhere`, `CircuitWrong`, `ItemNotHandled`, `CircuitFull` or `CircuitOver`.
    """
    if isinstance(command, PlanCircuit):
        return _plan(command)
    if circuit is None:
        raise CircuitNotFound("没有这次巡回办理；请核对编号。")
    match command:
        case BookCircuit():
            return _book(circuit, command)
        case CloseCircuit():
            return _close(circuit, command)
    assert_never(command)


def evolve_circuit(circuit: Circuit | None, fact: CircuitFact) -> Circuit:
    """The session after a fact."""
    if isinstance(fact, CircuitSet):
        return fact.circuit
    assert circuit is not None
    match fact:
        case PlaceBooked():
            return replace(circuit, booked=circuit.booked + 1, version=circuit.version + 1)
        case CircuitScheduled() | CircuitClosed():
            return circuit
    assert_never(fact)


def bookings_in(facts: Iterable[CircuitFact]) -> list[Booking]:
    """The bookings among facts."""
    return [fact.booking for fact in facts if isinstance(fact, PlaceBooked)]


def _plan(command: PlanCircuit) -> Sequence[CircuitFact]:
    circuit = command.circuit
    _check_planner(command.by.actor, circuit.org)
    errors = []
    if not command.org_exists:
        errors.append(FieldError("/org", "org_unknown", "没有这个机构；请核对区划代码"))
    if circuit.held_on < command.today:
        errors.append(FieldError("/on", "in_the_past", "不能早于今天"))
    if circuit.end_time <= circuit.start_time:
        errors.append(FieldError("/end", "before_start", "结束时间应晚于开始时间"))
    errors += [
        FieldError(f"/team/{n}", "staff_unknown", "没有这个人员；请核对人员编号，或先登记")
        for n in command.unknown_staff
    ]
    if errors:
        raise CircuitWrong("巡回办理的安排有误，请按 errors 更正。", errors=errors)
    scheduled = CircuitScheduled(org=circuit.org, on=circuit.held_on, items=circuit.items, capacity=circuit.capacity)
    return [CircuitSet(replace(circuit, version=1)), scheduled]


def _book(circuit: Circuit, command: BookCircuit) -> Sequence[CircuitFact]:
    if circuit.status == "closed" or circuit.held_on < command.today:
        raise CircuitOver("这次巡回办理已经结束；请看之后的安排（GET /circuits）。")
    if command.booking.item_code not in circuit.items:
        handled = "、".join(circuit.items)
        where = FieldError("/item_code", "item_not_handled", f"这次办理：{handled}")
        raise ItemNotHandled("这次巡回办理不办这个事项；请按 errors 更正，或选择其他场次。", errors=[where])
    if circuit.free <= 0:
        raise CircuitFull(f"{circuit.capacity} 个名额已经约满；请选择其他场次（GET /circuits）。")
    return [PlaceBooked(command.booking)]


def _close(circuit: Circuit, command: CloseCircuit) -> Sequence[CircuitFact]:
    _check_planner(command.by.actor, circuit.org)
    if circuit.status == "closed":
        raise CircuitOver("这次巡回办理已经结束，不必再登记。")
    closed = replace(circuit, status="closed", version=circuit.version + 1)
    return [CircuitSet(closed), CircuitClosed(org=circuit.org, on=circuit.held_on, booked=circuit.booked)]


def _check_planner(actor: Actor, org: str) -> None:
    if not actor.covers(org) or not actor.may("admin", "manager", "window"):
        raise CircuitElsewhere(f"巡回办理由本单位（{org}）或上级的窗口、负责人、管理员安排。")
