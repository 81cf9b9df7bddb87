"""What may be done with a case, in every state, and what it becomes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.events import deadlines
from bianmin.events.deadlines import ClockRescheduled, ClockStarted
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.intake import (
    CaseAccepted,
    CaseSupplemented,
    DeemingCorrected,
    LapseCorrected,
    SupplementRequested,
)
from bianmin.events.parts import CaseStatus, EventData, ItemFacts, Lamp, Period
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted, WithdrawalRejected
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from bianmin.kit.time_source import TZ
from services.intake.domain.case import (
    AcceptCase,
    AddMaterials,
    Applicant,
    Asked,
    Brought,
    Case,
    CaseCommand,
    FollowCase,
    GiveNotice,
    LapseCase,
    RefuseCase,
    RegisterCase,
    WithdrawCase,
)
from services.intake.domain.case import Refusal as Grounds
from services.intake.domain.content import Material
from services.intake.domain.facts import evolve
from services.intake.domain.registration import Admission, Guide, KnownOrg, admit
from services.intake.domain.rules import MaterialsMissing, Register, decide

ID = UUID("01a207d3-afdc-7702-b13c-1d53a94d0e25")
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=TZ)
STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
APPLICANT = Applicant({"kind": "person", "name": "张*三"}, b"", b"", "person")


def facts(**changes: Any) -> ItemFacts:
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
    return ItemFacts(**{**given, **changes})


MATERIALS = (
    Material(name="身份证", form="oc"),
    Material(name="户口簿", form="oc"),
    Material(name="婚姻信息", form="e", source="share"),
    Material(name="佐证", form="oc", required=False),
)
GUIDE = Guide(facts(), MATERIALS, ("station", "center"))
ORGS = {
    code: KnownOrg(code, code, offices)
    for code, offices in {"52": {}, COUNTY: {"civil": "民政局"}, CENTER: {"civil": "民政"}, STATION: {}}.items()
}


def by(org: str = CENTER, role: str = "window", dept: str | None = None, sub: str = "s") -> Cause:
    return Cause(Actor(sub, org, frozenset({role}), dept))


def an_order(**changes: Any) -> RegisterCase:
    given: dict[str, Any] = {
        "case_id": ID,
        "item_code": "MZ-001",
        "org": STATION,
        "channel": "window",
        "applicant": APPLICANT,
        "brought": (Brought(1, "copy"), Brought(2, "copy")),
        "received_on": DAY,
        "today": DAY,
        "earliest": DAY - timedelta(days=90),
        "by": by(STATION),
    }
    return RegisterCase(**{**given, **changes})


def a_case(*facts_: object, **changes: Any) -> Case:
    case: Case | None = None
    for fact in decide(None, Register(an_order(), Admission(GUIDE, CENTER), "N-1", NOW)):
        case = evolve(case, fact)
    assert case is not None
    return replace(case, **changes)


def after(case: Case, *commands: CaseCommand) -> Case:
    for command in commands:
        for fact in decide(case, command):
            case = evolve(case, fact)
    return case


GROUNDS = Grounds("not_eligible", "不符合条件", "办法", "复议", None, DAY)
COMMANDS: dict[str, CaseCommand] = {
    "notice": GiveNotice(ID, (Asked(2, "缺"),), DAY, DAY, 30, by(STATION)),
    "materials": AddMaterials(ID, (Brought(2, "copy"),), DAY, DAY, by(STATION)),
    "accept": AcceptCase(ID, DAY, DAY, by()),
    "refuse": RefuseCase(ID, GROUNDS, by()),
    "withdraw": WithdrawCase(ID, "搬走了", DAY, by(STATION)),
}
ALLOWED: dict[CaseStatus, set[str]] = {
    "registered": {"notice", "materials", "accept", "refuse", "withdraw"},
    "supplement_requested": {"notice", "materials", "refuse", "withdraw"},
    "accepted": {"withdraw"},
    "refused": set(),
    "in_progress": {"withdraw"},
    "paused": {"withdraw"},
    "granted": {"withdraw"},
    "denied": {"withdraw"},
    "delivered": {"withdraw"},
    "closed": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_every_state(status: CaseStatus, name: str) -> None:
    case = a_case(status=status)
    if name in ALLOWED[status]:
        decide(case, COMMANDS[name])
    else:
        with pytest.raises(Conflict):
            decide(case, COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_case_that_is_not_there_and_one_that_is_not_seen_look_the_same(name: str) -> None:
    stranger = replace(COMMANDS[name], by=by("520112"))
    with pytest.raises(NotFound) as unseen:
        decide(a_case(), stranger)
    with pytest.raises(NotFound) as missing:
        decide(None, stranger)
    assert str(unseen.value) == str(missing.value)


@pytest.mark.parametrize("name", ["accept", "refuse"])
@pytest.mark.parametrize(
    "cause",
    [by(STATION), by(COUNTY, "manager"), by(CENTER, "agent"), by(CENTER, "department", "civil")],
)
def test_accepting_and_refusing_are_acts_of_the_accepting_organ(name: str, cause: Cause) -> None:
    with pytest.raises(Forbidden):
        decide(a_case(), replace(COMMANDS[name], by=cause))


def test_materials_obtained_by_sharing_are_never_asked_for() -> None:
    assert a_case(brought=()).missing == (1, 2)
    with pytest.raises(Invalid):
        decide(a_case(), GiveNotice(ID, (Asked(3, "缺"),), DAY, DAY, 30, by()))


def test_what_a_notice_asks_for_has_to_be_brought_anew() -> None:
    case = after(a_case(), GiveNotice(ID, (Asked(2, "不清楚"), Asked(4, "要")), DAY, DAY, 30, by()))
    assert (case.status, case.missing) == ("supplement_requested", (2, 4))
    case = after(case, AddMaterials(ID, (Brought(2, "copy"),), DAY, DAY, by()))
    assert (case.status, case.missing) == ("supplement_requested", (4,))
    later = DAY + timedelta(days=3)
    case = after(case, AddMaterials(ID, (Brought(4, "copy"),), later, later, by()))
    assert (case.status, case.missing, case.received_on) == ("registered", (), later)


def test_a_second_notice_naming_something_new_needs_the_head_and_a_reason() -> None:
    case = after(a_case(), GiveNotice(ID, (Asked(2, "缺"),), DAY, DAY, 30, by()))
    again = GiveNotice(ID, (Asked(1, "缺"),), DAY, DAY, 30, by())
    assert decide(case, GiveNotice(ID, (Asked(2, "再说一遍"),), DAY, DAY, 30, by())) == []
    with pytest.raises(Conflict):
        decide(case, again)
    with pytest.raises(Forbidden):
        decide(case, replace(again, override_reason="新发现"))
    overridden = after(case, replace(again, override_reason="新发现", by=by(CENTER, "manager")))
    assert overridden.notice is not None
    assert overridden.notice.override_reason == "新发现"
    assert overridden.missing == (1, 2)


def test_a_notice_asks_for_all_that_is_missing_at_once() -> None:
    case = after(a_case(brought=()), GiveNotice(ID, (Asked(2, "没有带"),), DAY, DAY, 30, by()))
    assert case.notice is not None
    assert {one.no: one.reason for one in case.notice.missing} == {1: "登记时未提交", 2: "没有带"}
    case = after(case, AddMaterials(ID, (Brought(1, "copy"), Brought(2, "copy")), DAY, DAY, by()))
    assert (case.status, case.missing) == ("registered", ())
    assert decide(case, COMMANDS["accept"])


def test_a_supplement_that_is_no_good_is_asked_for_again_without_being_anything_new() -> None:
    case = after(
        a_case(),
        GiveNotice(ID, (Asked(2, "没有"),), DAY, DAY, 30, by()),
        AddMaterials(ID, (Brought(2, "copy"),), DAY, DAY, by()),
    )
    assert case.status == "registered"
    case = after(case, GiveNotice(ID, (Asked(2, "看不清"),), DAY, DAY, 30, by()))
    assert case.notice is not None
    assert (case.status, case.missing) == ("supplement_requested", (2,))
    assert [one.reason for one in case.notice.missing] == ["看不清"]
    assert case.notice.override_reason is None


def test_an_offline_desk_that_tells_late_of_an_earlier_paper_does_not_bring_the_receipt_forward() -> None:
    today = DAY + timedelta(days=20)
    case = after(a_case(), GiveNotice(ID, (Asked(1, "缺"), Asked(2, "缺")), DAY + timedelta(days=2), today, 30, by()))
    late, early = DAY + timedelta(days=10), DAY + timedelta(days=3)
    case = after(
        case,
        AddMaterials(ID, (Brought(1, "copy"),), late, today, by()),
        AddMaterials(ID, (Brought(2, "copy"),), early, today, by()),
    )
    assert (case.status, case.received_on) == ("registered", late)
    with pytest.raises(Invalid):
        decide(case, AddMaterials(ID, (Brought(2, "copy"),), DAY, today, by()))  # before it was asked for


WAITED_UNTIL = DAY + timedelta(days=30)
LAPSED_ON = WAITED_UNTIL + timedelta(days=1)


def a_lapsed_case(*commands: CaseCommand) -> Case:
    notice = GiveNotice(ID, (Asked(1, "缺"), Asked(2, "缺")), DAY, DAY, 30, by(STATION))
    end = datetime.combine(WAITED_UNTIL, datetime.max.time(), TZ)
    case = after(a_case(), notice, *commands, LapseCase(ID, LAPSED_ON, end, by()))
    assert (case.lapsed, case.closed_on) == (True, LAPSED_ON)
    return case


def bringing(*numbers: int, on: date) -> AddMaterials:
    return AddMaterials(ID, tuple(Brought(no, "copy") for no in numbers), on, LAPSED_ON, by(STATION))


def test_a_supplement_in_time_told_late_corrects_the_lapse() -> None:
    case = a_lapsed_case()
    told_facts = [fact for fact in decide(case, bringing(1, 2, on=WAITED_UNTIL)) if isinstance(fact, EventData)]
    assert [type(fact) for fact in told_facts] == [LapseCorrected, CaseSupplemented]
    case = after(case, bringing(1, 2, on=WAITED_UNTIL))
    assert (case.status, case.lapsed, case.closed_on) == ("registered", False, None)
    assert (case.received_on, case.missing) == (WAITED_UNTIL, ())
    assert after(case, AcceptCase(ID, WAITED_UNTIL, LAPSED_ON, by())).status == "accepted"


def test_a_lapse_is_corrected_from_the_day_of_the_last_paper() -> None:
    case = after(a_lapsed_case(bringing(2, on=DAY + timedelta(days=9))), bringing(1, on=DAY + timedelta(days=3)))
    assert (case.status, case.received_on) == ("registered", DAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (bringing(1, 2, on=LAPSED_ON), str(WAITED_UNTIL)),  # too late, and it says until when it was waited for
        (bringing(2, on=WAITED_UNTIL), "还缺：身份证"),  # in time, and not all of it
    ],
)
def test_what_comes_too_late_or_in_part_does_not_correct_a_lapse(command: AddMaterials, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_lapsed_case(), command)


def a_clock_started(**changes: Any) -> FollowCase:
    given: dict[str, Any] = {
        "clock_id": UUID(int=1),
        "subject_kind": "case",
        "kind": "completeness",
        "stage": "supplement",
        "org": CENTER,
        "unit": "day",
        "budget": 30,
        "started_on": DAY,
        "due_on": DAY + timedelta(days=32),
        "due_at": NOW + timedelta(days=33),
        "calendar_version": "1",
        "provisional": False,
    }
    return told(ClockStarted(**(given | changes)), "deadlines")


def moved_to(day: date) -> FollowCase:
    moved = ClockRescheduled(
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
    return told(moved, "deadlines", 2)


def test_how_long_a_supplement_is_waited_for_is_the_calendars_to_say() -> None:
    notice = GiveNotice(ID, (Asked(1, "缺"),), DAY, DAY, 30, by(STATION))
    [asked] = [fact for fact in decide(a_case(), notice) if isinstance(fact, SupplementRequested)]
    assert asked.wait_days == 30
    case = after(a_case(), notice)
    assert case.waits_until == DAY + timedelta(days=30), "the plain sum, until it is told"
    case = after(case, a_clock_started())
    assert case.waits_until == DAY + timedelta(days=32)
    assert case.notice_due_on is None, "the wait is not the period of the notice, though it began on the same day"
    assert after(case, moved_to(DAY + timedelta(days=33))).waits_until == DAY + timedelta(days=33)
    later = DAY + timedelta(days=2)
    again = GiveNotice(ID, (Asked(2, "缺"),), later, later, 30, by(CENTER, "manager"), "新发现")
    case = after(case, again, moved_to(DAY + timedelta(days=33)))
    assert case.waits_until == later + timedelta(days=30), "of the notice before, it changes nothing"


def test_other_clocks_move_no_wait() -> None:
    case = after(a_case(), GiveNotice(ID, (Asked(1, "缺"),), DAY, DAY, 30, by(STATION)))
    for changes in ({"stage": None}, {"kind": "promise", "stage": None}, {"started_on": DAY - timedelta(days=1)}):
        assert after(case, a_clock_started(**changes)).waits_until == DAY + timedelta(days=30)


NOTICE_DUE = DAY + timedelta(days=7)
OF_THE_NOTICE = {"kind": "completeness", "stage": None, "started_on": str(DAY), "due_on": str(NOTICE_DUE)}


def a_deemed_case(**changes: Any) -> Case:
    clock = {"id": "c", "cycle": 1, "lamp": "red", "state": "stopped", **OF_THE_NOTICE}
    given: dict[str, Any] = {"status": "accepted", "deemed": True, "accepted_on": DAY, "clocks": (clock,)}
    return a_case(**(given | changes))


def accepting(on: date) -> AcceptCase:
    return AcceptCase(ID, on, DAY + timedelta(days=20), by())


@pytest.mark.parametrize("status", ["accepted", "in_progress", "paused"])
def test_an_acceptance_in_time_told_late_corrects_the_deeming(status: CaseStatus) -> None:
    case = a_deemed_case(status=status, holders=(Holder(COUNTY, "civil"),))
    corrected, accepted = decide(case, accepting(NOTICE_DUE))
    assert isinstance(corrected, DeemingCorrected)
    assert isinstance(accepted, CaseAccepted)
    assert (corrected.noticed_on, corrected.accepted_on, accepted.accepted_on) == (NOTICE_DUE,) * 3
    assert accepted.access.holders == ()
    now = after(case, accepting(NOTICE_DUE))
    assert (now.status, now.deemed, now.accepted_on, now.received_on) == ("accepted", False, NOTICE_DUE, DAY)
    with pytest.raises(Conflict):
        decide(now, accepting(NOTICE_DUE))


@pytest.mark.parametrize(
    ("changes", "on", "why"),
    [
        ({}, NOTICE_DUE + timedelta(days=1), str(NOTICE_DUE)),
        ({"clocks": ()}, DAY, "已过受理审查期限"),
        ({"status": "granted", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"status": "closed", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"cycle": 2}, DAY, "已经作出决定"),
        ({"status": "withdrawn"}, DAY, "已撤回"),
        ({"brought": ()}, DAY, "还缺：身份证、户口簿"),
    ],
)
def test_why_a_deeming_is_not_corrected_by_an_acceptance(changes: dict[str, Any], on: date, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_deemed_case(**changes), accepting(on))


def test_what_an_offline_desk_accepted_it_with_is_told_late_too() -> None:
    case = a_deemed_case(status="in_progress", brought=(Brought(1, "copy"),))
    with pytest.raises(MaterialsMissing, match=r"户口簿.*received_on"):
        decide(case, accepting(NOTICE_DUE))
    case = after(case, bringing(2, on=NOTICE_DUE))
    kept = (case.status, case.deemed, case.accepted_on, case.received_on, case.missing)
    assert kept == ("in_progress", True, DAY, DAY, ()), "it is not received anew, and accepted as it was"
    case = after(case, accepting(NOTICE_DUE))
    assert (case.status, case.deemed, case.accepted_on, case.received_on) == ("accepted", False, NOTICE_DUE, DAY)


@pytest.mark.parametrize(
    ("changes", "on", "why"),
    [
        ({}, NOTICE_DUE + timedelta(days=1), str(NOTICE_DUE)),
        ({"status": "granted", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"status": "withdrawn"}, DAY, "已撤回"),
        ({"deemed": False}, DAY, "只有受理前"),
    ],
)
def test_why_nothing_more_is_brought_to_an_accepted_case(changes: dict[str, Any], on: date, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_deemed_case(**changes), bringing(2, on=on))


def test_a_notice_of_a_case_that_was_decided_and_opened_again_is_only_put_on_record() -> None:
    notice = GiveNotice(ID, (Asked(2, "缺"),), DAY, DAY, 30, by())
    case = after(a_deemed_case(cycle=2), notice)
    assert (case.status, case.deemed, case.notice is None) == ("accepted", True, False)


@pytest.mark.parametrize("status", ["registered", "accepted"])
def test_why_a_case_is_withdrawn_is_kept(status: CaseStatus) -> None:
    assert after(a_case(status=status), COMMANDS["withdraw"]).withdrawal_reason == "搬走了"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"org": "520112101201", "by": by("520112101201")}, Invalid),
        ({"by": by("520112")}, Forbidden),
        ({"received_on": DAY + timedelta(days=1)}, Invalid),
        ({"received_on": DAY - timedelta(days=91)}, Invalid),
        ({"brought": (Brought(5, "copy"),)}, Invalid),
        ({"brought": (Brought(1, "copy"), Brought(1, "copy"))}, Invalid),
    ],
)
def test_why_a_registration_is_not_admitted(changes: dict[str, Any], kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        admit(an_order(**changes), GUIDE, ORGS)


@pytest.mark.parametrize(
    ("level", "mode", "desk", "accepting"),
    [
        ("county", "report_up", STATION, CENTER),
        ("center", "promised", STATION, CENTER),
        ("center", "direct", CENTER, CENTER),
        ("station", "direct", STATION, STATION),
        ("station", "direct", CENTER, CENTER),
    ],
)
def test_which_organ_accepts(level: Any, mode: Any, desk: str, accepting: str) -> None:
    guide = Guide(facts(decide_level=level, mode=mode), MATERIALS, ("station", "center"))
    assert admit(an_order(org=desk, by=by(desk)), guide, ORGS).accepting_org == accepting


@pytest.mark.parametrize("missing", [COUNTY, CENTER])
def test_an_office_that_is_missing_is_named(missing: str) -> None:
    orgs = {**ORGS, missing: KnownOrg(missing, "某地", {})}
    with pytest.raises(Conflict, match=missing):
        admit(an_order(), GUIDE, orgs)


def told(data: EventData, source: str = "routing", sequence: int = 1) -> FollowCase:
    event: Event = parse_event(
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


def test_the_view_of_the_citizen_follows_the_decision_of_routing() -> None:
    access = a_case().access()
    case = after(a_case(status="in_progress"), told(CaseGranted(access=access, decided_on=DAY)))
    assert (case.status, case.decided_on) == ("granted", DAY)
    case = after(case, told(CaseClosed(access=access, result="granted", closed_on=DAY)))
    assert (case.status, case.closed_on) == ("closed", DAY)
    case = after(a_case(status="in_progress"), told(CaseDenied(access=access, decided_on=DAY, reason_code="x")))
    assert case.status == "denied"


def test_c11_what_was_missed_shows_red_whatever_stands_still_beside_it() -> None:
    named: dict[str, Any] = {"subject_kind": "case", "org": CENTER, "dept": "civil", "cycle": 1}
    promise, statutory = (
        {**named, "clock_id": UUID(int=n), "kind": kind} for n, kind in ((1, "promise"), (2, "statutory"))
    )
    ending = {"due_on": DAY, "due_at": NOW, "provisional": False, "calendar_version": "CN"}
    over = {"due_on": DAY, "due_at": NOW, "stopped_at": NOW}
    begun = {**ending, "unit": "workday", "budget": 5, "started_on": DAY}
    steps: list[tuple[EventData, Lamp]] = [
        (deadlines.ClockStarted(**promise, **begun), "green"),
        (deadlines.ClockStarted(**statutory, **begun), "green"),
        (deadlines.ClockYellow(**statutory, due_on=DAY, due_at=NOW, detected_at=NOW), "yellow"),
        (deadlines.ClockRed(**promise, due_on=DAY, due_at=NOW, detected_at=NOW), "red"),
        (deadlines.ClockPaused(**statutory, paused_on=DAY, reason_code="hearing"), "red"),
        (deadlines.ClockResumed(**statutory, **ending, resumed_at=NOW, lamp="green"), "red"),
        (deadlines.ClockExtended(**statutory, **ending, by=10, previous_due_on=DAY, lamp="green"), "red"),
        (deadlines.ClockStopped(**statutory, **over, late=False, early=True, lamp="green"), "red"),
        (deadlines.ClockStopped(**promise, **over, late=True, early=False, lamp="red"), "red"),
    ]
    case = a_case()
    for number, (event, lamp) in enumerate(steps, 1):
        case = after(case, told(event, "deadlines", number))
        assert case.lamp == lamp, event


LAST, AFTER = date(2026, 3, 9), date(2026, 3, 10)


def with_its_clock(**item: Any) -> Case:
    """A case that has not been told of what is missing; deadlines has said until when it could be."""
    end = datetime(2026, 3, 10, tzinfo=TZ)
    started = ClockStarted(
        clock_id=ID,
        subject_kind="case",
        kind="completeness",
        org=CENTER,
        dept="civil",
        due_on=LAST,
        due_at=end,
        unit="workday",
        budget=5,
        started_on=DAY,
        calendar_version="CN-1",
        provisional=False,
    )
    return after(a_case(item=facts(**item)), told(started, "deadlines"))


@pytest.mark.parametrize("silence", [{"item_type": "01"}, {"deemed_by_silence": True}])
def test_once_it_is_too_late_silence_has_accepted_it_though_nobody_has_told_yet(silence: dict[str, Any]) -> None:
    """Timers may look late: what a desk does meanwhile takes nothing back."""
    case = with_its_clock(**silence)
    notice = GiveNotice(ID, (Asked(2, "缺"),), AFTER, AFTER, 30, by(STATION))
    with pytest.raises(Conflict, match="2026-03-09"):
        decide(case, notice)
    with pytest.raises(Conflict, match="2026-03-09"):
        decide(case, RefuseCase(ID, replace(GROUNDS, refused_on=AFTER), by()))
    accepted = after(case, AcceptCase(ID, AFTER, AFTER, by()))
    assert (accepted.status, accepted.deemed, accepted.accepted_on) == ("accepted", True, DAY)
    # what was done in time and is told late counts
    assert after(case, replace(notice, noticed_on=LAST)).status == "supplement_requested"
    in_time = after(case, AcceptCase(ID, LAST, AFTER, by()))
    assert (in_time.deemed, in_time.accepted_on) == (False, LAST)


def test_where_silence_accepts_nothing_a_late_notice_is_better_than_none() -> None:
    case = with_its_clock()
    assert after(case, GiveNotice(ID, (Asked(2, "缺"),), AFTER, AFTER, 30, by())).status == "supplement_requested"
    assert after(case, RefuseCase(ID, replace(GROUNDS, refused_on=AFTER), by())).status == "refused"
    assert not after(case, AcceptCase(ID, AFTER, AFTER, by())).deemed


def test_a_wish_to_withdraw_is_told_once_and_answered() -> None:
    case = after(a_case(status="accepted"), COMMANDS["withdraw"])
    assert case.withdrawal_pending
    assert decide(case, COMMANDS["withdraw"]) == []
    case = after(case, told(WithdrawalRejected(access=case.access(), reason_code="already_decided")))
    assert (case.status, case.withdrawal_pending) == ("accepted", False)


def test_an_event_of_a_case_that_is_not_known_yet_waits() -> None:
    with pytest.raises(NotFound):
        decide(None, told(CaseGranted(access=a_case().access(), decided_on=DAY)))


@given(st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
@settings(max_examples=400, deadline=None)
def test_in_any_order_no_case_is_accepted_with_something_missing(names: list[str]) -> None:
    case = a_case(brought=(Brought(1, "copy"),))
    for name in names:
        before = case
        try:
            case = after(case, COMMANDS[name])
        except Refusal:
            assert case is before
            continue
        if case.status == "accepted" and before.status != "accepted":
            assert before.missing == ()
            assert before.status == "registered"
        assert case.version >= before.version
