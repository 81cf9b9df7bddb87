"""Cases, commands and events of other services, with defaults."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events.deadlines import ClockRescheduled, ClockStarted
from bianmin.events.envelope import compose, parse_event
from bianmin.events.parts import EventData, ItemFacts, Period
from bianmin.kit.decide import Cause
from bianmin.kit.time_source import TZ
from services.intake.domain.acceptance import AcceptCase
from services.intake.domain.case import Case
from services.intake.domain.case_parts import CaseRefusal, MaskedApplicant, RequestedMaterial, SubmittedMaterial
from services.intake.domain.clocks import CaseClock
from services.intake.domain.content import Guide, Material
from services.intake.domain.decide import Command, DeskCommand, decide
from services.intake.domain.facts import evolve
from services.intake.domain.following import FollowCase
from services.intake.domain.lapse import LapseCase
from services.intake.domain.notice import GiveNotice
from services.intake.domain.refusal import RefuseCase
from services.intake.domain.refusal_filings import AnswerRefusalFiling, FiledTexts, FileRefusal
from services.intake.domain.registration import Admission, AdmittedRegistration, Applicant, RegisterCase
from services.intake.domain.supplement import AddMaterials
from services.intake.domain.withdrawal import WithdrawCase

ID = UUID("01a207d3-afdc-7702-b13c-1d53a94d0e25")
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=TZ)
STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
WAIT_DAYS = 30
WAITED_UNTIL = DAY + timedelta(days=WAIT_DAYS)
LAPSED_ON = WAITED_UNTIL + timedelta(days=1)
NOTICE_DUE_ON = DAY + timedelta(days=7)
APPLICANT = Applicant(ID, MaskedApplicant("person", "张*三", "citizen_id", "529***********000X"), b"", b"")
MATERIALS = (
    Material(name="身份证", form="oc"),
    Material(name="户口簿", form="oc"),
    Material(name="婚姻信息", form="e", source="share"),
    Material(name="佐证", form="oc", required=False),
)
FILING = UUID("01a207d3-b000-7702-b13c-1d53a94d0e26")
FILED = FiledTexts(FILING, ID, b"", b"", "办法", ())
REFUSAL = CaseRefusal("not_eligible", "不符合条件", "办法", "复议", None, DAY)


def a_guide(**changes: Any) -> Guide:
    """The guide of an item that a station or center lodges and the county decides."""
    given: dict[str, Any] = {
        "org": COUNTY,
        "code": "MZ-001",
        "version": 1,
        "name": "最低生活保障",
        "category": "civil",
        "mode": "report_up",
        "item_type": "05",
        "decide_level": "county",
        "legal": Period(value=30, unit="workday"),
        "promise": Period(value=20, unit="workday"),
    }
    return Guide(ItemFacts(**{**given, **changes}), MATERIALS, ("station", "center"))


def by(org: str = CENTER, role: str = "window", dept: str | None = None, sub: str = "s") -> Cause:
    """The cause of a command: a staff member of an org, in a role."""
    return Cause(Actor(sub, org, frozenset({role}), dept))


def a_registration(**changes: Any) -> RegisterCase:
    """A registration at the station with the two required materials."""
    given: dict[str, Any] = {
        "case_id": ID,
        "item_code": "MZ-001",
        "org": STATION,
        "channel": "window",
        "applicant": APPLICANT,
        "materials": submitted(1, 2),
        "received_on": DAY,
        "today": DAY,
        "earliest": DAY - timedelta(days=90),
        "by": by(STATION),
    }
    return RegisterCase(**{**given, **changes})


def submitted(*numbers: int) -> tuple[SubmittedMaterial, ...]:
    """Materials that were handed in as copies."""
    return tuple(SubmittedMaterial(no, "copy") for no in numbers)


def a_case(**changes: Any) -> Case:
    """A case that was registered with the two required materials."""
    case: Case | None = None
    for fact in decide(None, AdmittedRegistration(a_registration(), Admission(a_guide(), CENTER), "N-1", NOW)):
        case = evolve(case, fact)
    assert case is not None
    return replace(case, **changes)


def after(case: Case, *commands: Command) -> Case:
    """The case after the commands."""
    for command in commands:
        for fact in decide(case, command):
            case = evolve(case, fact)
    return case


def a_notice(
    *numbers: int, reason: str = "缺", on: date = DAY, today: date | None = None, **changes: Any
) -> GiveNotice:
    """A notice of the center that asks for the materials of these numbers."""
    requests = tuple(RequestedMaterial(no, reason) for no in numbers)
    return replace(GiveNotice(ID, requests, on, today or on, WAIT_DAYS, by()), **changes)


def a_supplement(*numbers: int, on: date = DAY, today: date = LAPSED_ON) -> AddMaterials:
    """Materials that came to the station on a day and are recorded on `today`."""
    return AddMaterials(ID, submitted(*numbers), on, today, by(STATION))


def an_acceptance(on: date = DAY, today: date | None = None) -> AcceptCase:
    """An acceptance by the center."""
    return AcceptCase(ID, on, today or on, by())


def an_answer(*, agree: bool = True, **changes: Any) -> AnswerRefusalFiling:
    """The answer of the center's head to the filing of a refusal."""
    return replace(AnswerRefusalFiling(ID, FILING, agree, b"", DAY, by(role="manager", sub="head")), **changes)


DESK_COMMANDS: dict[str, DeskCommand] = {
    "notice": a_notice(2, by=by(STATION)),
    "materials": a_supplement(2, today=DAY),
    "accept": an_acceptance(),
    "file": FileRefusal(ID, FILED, DAY, by()),
    "refuse": RefuseCase(ID, REFUSAL, by()),
    "withdraw": WithdrawCase(ID, "搬走了", DAY, by(STATION)),
}


def a_lapsed_case(*commands: Command) -> Case:
    """A case of which materials 1 and 2 were asked for, which lapsed after the commands."""
    end = datetime.combine(WAITED_UNTIL, datetime.max.time(), TZ)
    case = after(a_case(), a_notice(1, 2, by=by(STATION)), *commands, LapseCase(ID, LAPSED_ON, end, by()))
    assert (case.lapsed, case.closed_on) == (True, LAPSED_ON)
    return case


def a_deemed_case(**changes: Any) -> Case:
    """A case that silence has accepted: the period for the notice ended on `NOTICE_DUE_ON`."""
    clock = CaseClock(
        id=UUID(int=1),
        kind="completeness",
        org=CENTER,
        unit="workday",
        budget=5,
        started_on=DAY,
        due_on=NOTICE_DUE_ON,
        due_at=datetime.combine(NOTICE_DUE_ON, datetime.max.time(), TZ),
        lamp="red",
        state="stopped",
    )
    given: dict[str, Any] = {"status": "accepted", "deemed": True, "accepted_on": DAY, "clocks": (clock,)}
    return a_case(**(given | changes))


def follow(data: EventData, source: str = "routing", sequence: int = 1) -> FollowCase:
    """The command that an event of another service makes."""
    event = parse_event(
        compose(
            data,
            id=ID,
            source=source,
            subject=str(ID),
            sequence=sequence,
            time=NOW,
            region=COUNTY,
            actor="system",
        )
    )
    return FollowCase(ID, event, by())


def clock_started(**changes: Any) -> FollowCase:
    """Deadlines starts a clock: by default the wait for a supplement, which ends on a working day."""
    given: dict[str, Any] = {
        "clock_id": UUID(int=1),
        "subject_kind": "case",
        "kind": "completeness",
        "stage": "supplement",
        "org": CENTER,
        "dept": "civil",
        "unit": "day",
        "budget": WAIT_DAYS,
        "started_on": DAY,
        "due_on": DAY + timedelta(days=32),
        "due_at": NOW + timedelta(days=33),
        "calendar_version": "1",
        "provisional": False,
    }
    return follow(ClockStarted(**(given | changes)), "deadlines")


def wait_rescheduled(day: date) -> FollowCase:
    """Deadlines moves the end of the wait for a supplement to a day."""
    rescheduled = ClockRescheduled(
        clock_id=UUID(int=1),
        subject_kind="case",
        kind="completeness",
        stage="supplement",
        org=CENTER,
        due_on=day,
        due_at=NOW + timedelta(days=40),
        previous_due_on=DAY,
        previous_due_at=NOW,
        reason_code="calendar",
        calendar_version="2",
        provisional=False,
        lamp="green",
    )
    return follow(rescheduled, "deadlines", 2)
