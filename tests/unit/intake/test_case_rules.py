"""What may be done with a case, in every state, and what it becomes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events.deadlines import ClockStarted
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import CaseStatus, EventData, ItemFacts, Period
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted, WithdrawalRejected
from bianmin.kit.actors import Actor
from bianmin.kit.clock import TZ
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
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
    RefuseCase,
    RegisterCase,
    WithdrawCase,
)
from services.intake.domain.case import Refusal as Grounds
from services.intake.domain.content import Material
from services.intake.domain.registration import Admission, Guide, KnownOrg, admit
from services.intake.domain.rules import Register, decide, evolve

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
