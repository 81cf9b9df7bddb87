"""Who may do what with a complaint, and when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from services.complaints.domain.acceptance import AcceptComplaint
from services.complaints.domain.decide import Command, decide
from services.complaints.domain.facts import evolve
from services.complaints.domain.investigation import AssignInvestigator, ConcludeComplaint, ReplyToComplaint
from services.complaints.domain.recusal import EndCaseWait, NoInvestigator, NotImpartial, RecuseStaff
from services.complaints.domain.transfers import LocateAccusedStaff, TransferComplaint
from tests.unit.complaints.a_complaint import (
    ACCUSED,
    COUNTY,
    DAY,
    HEAD,
    ID,
    LODGING,
    a_complaint,
    a_complaint_in,
    after,
    assignment,
    by,
)


@pytest.mark.parametrize(
    ("org", "handler"), [("520111101201", "520111101"), ("520111101", "520111"), ("5201", "52"), ("52", "52")]
)
def test_a_complaint_is_handled_one_level_up(org: str, handler: str) -> None:
    assert first_handler(org) == handler


@pytest.mark.parametrize(
    ("cause", "allowed"),
    [
        (by(), True),
        (by(org="5201", role="supervisor"), True),
        (by(org="52", role="manager"), True),
        (by("boss", ACCUSED, "manager"), False),
        (by("agent", "520111101201", "manager"), False),
        (by("other", "520112", "investigator"), False),
        (by("clerk", COUNTY, "window"), False),
        (by("admin", "52", "admin"), False),
        (by("line", COUNTY, "manager", "civil"), False),
        (by("bad", COUNTY, "investigator"), False),
        (by("hand", COUNTY, "investigator"), False),
        (Cause(Actor("nobody", "", frozenset({"investigator"}))), False),
    ],
)
def test_a_complaint_does_not_exist_for_who_may_not_see_it(cause: Cause, allowed: bool) -> None:
    complaint = a_complaint(case_staff=frozenset({"hand"}))
    assert may_see_complaint(cause.actor, complaint.parties) is allowed
    if not allowed:
        for command in (
            AcceptComplaint(ID, DAY, cause),
            AssignInvestigator(ID, "x", cause),
            ConcludeComplaint(ID, "explained", b"", DAY, cause),
            ReplyToComplaint(ID, b"", DAY, cause),
        ):
            with pytest.raises(NotFound) as hidden:
                decide(complaint, command)
            with pytest.raises(NotFound) as missing:
                decide(None, command)
            assert str(hidden.value) == str(missing.value)


ALLOWED: dict[str, set[type]] = {
    "lodged": {AcceptComplaint},
    "accepted": {AssignInvestigator},
    "assigned": {AssignInvestigator, ConcludeComplaint},
    "concluded": {ReplyToComplaint},
    "replied": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("kind", [AcceptComplaint, AssignInvestigator, ConcludeComplaint, ReplyToComplaint])
def test_each_status_allows_its_commands_and_no_others(status: str, kind: type) -> None:
    complaint = a_complaint_in(status)
    commands: dict[type, Command] = {
        AcceptComplaint: AcceptComplaint(ID, DAY, HEAD),
        AssignInvestigator: assignment("another"),
        ConcludeComplaint: ConcludeComplaint(ID, "explained", b"", DAY, by("inv")),
        ReplyToComplaint: ReplyToComplaint(ID, b"", DAY, by("inv")),
    }
    command = commands[kind]
    if kind in ALLOWED[status]:
        assert decide(complaint, command)
    else:
        with pytest.raises(Conflict):
            decide(complaint, command)


def test_only_the_investigator_concludes() -> None:
    with pytest.raises(Forbidden):
        decide(a_complaint_in("assigned"), ConcludeComplaint(ID, "explained", b"", DAY, HEAD))


@pytest.mark.parametrize("staff", ["bad", "hand"])
def test_the_accused_and_the_staff_of_the_case_are_not_made_investigators(staff: str) -> None:
    complaint = a_complaint_in("accepted", case_staff=frozenset({"hand"}))
    with pytest.raises(Conflict):
        decide(complaint, assignment(staff))


@pytest.mark.parametrize(
    ("member", "refusal"),
    [
        (None, NoInvestigator),
        (by(role="window").actor, NoInvestigator),
        (by(role="manager").actor, NoInvestigator),
        (by(org=ACCUSED, role="investigator").actor, NotImpartial),
        (by(org=f"{ACCUSED}201", role="investigator").actor, NotImpartial),
        (by(org="520112", role="investigator").actor, NotImpartial),
        (by(org="5201", role="investigator").actor, None),
        (by(role="investigator", dept="civil").actor, None),
    ],
)
def test_g10_only_a_known_investigator_of_the_handler_or_above_investigates(
    member: Actor | None, refusal: type[Exception] | None
) -> None:
    command = AssignInvestigator(ID, "inv", HEAD, member)
    if refusal is None:
        assert decide(a_complaint_in("accepted"), command)
    else:
        with pytest.raises(refusal):
            decide(a_complaint_in("accepted"), command)


def test_g10_g27_an_investigator_of_the_accused_persons_own_house_is_refused() -> None:
    complaint = a_complaint(accused_staff_org=COUNTY, handler_org="5201")
    head = by("head", "5201", "manager")
    accepted = after(complaint, AcceptComplaint(ID, DAY, head))
    with pytest.raises(NotImpartial):
        decide(accepted, assignment("inv", head, COUNTY))


@pytest.mark.parametrize(
    ("org", "own", "handler"),
    [
        ("520111101201", "520111101", "520111"),
        ("520111101201", "520111", "5201"),
        ("520111101", "520111101201", "520111"),
        ("520111101", "520111102", "520111"),
        ("520111101201", "520111102201", "520111"),
        ("520111101", "5201", "52"),
        ("520111101", "52", "52"),
        ("520111101", "530111", "52"),
        ("52", "52", "52"),
    ],
)
def test_g27_a_complaint_is_handled_above_the_accused_org_and_the_accused_persons_own(
    org: str, own: str, handler: str
) -> None:
    assert first_handler(org, own) == handler
    lodging = replace(LODGING, accused_org=org, accused_staff_org=own)
    assert after(None, lodging).handler_org == handler


def test_g27_a_complaint_is_not_transferred_to_the_accused_persons_own_house() -> None:
    complaint = a_complaint(accused_staff_org=COUNTY, handler_org="5201")
    router = by("router", "52", "manager")
    for org in (COUNTY, "520111102"):
        with pytest.raises(NotImpartial):
            decide(complaint, TransferComplaint(ID, org, b"", DAY, router, org_known=True))
    assert decide(complaint, TransferComplaint(ID, "520112", b"", DAY, router, org_known=True))


def test_g27_a_complaint_moves_above_the_accused_persons_house_when_that_becomes_known() -> None:
    located = LocateAccusedStaff(ID, COUNTY, DAY, by())
    moved = after(a_complaint(), located)
    assert (moved.handler_org, moved.accused_staff_org) == ("5201", COUNTY)
    assert decide(moved, located) == []
    assert after(a_complaint(), LocateAccusedStaff(ID, ACCUSED, DAY, by())).handler_org == COUNTY
    assert after(a_complaint_in("accepted"), located).handler_org == COUNTY


def test_g20_a_complaint_that_awaits_its_case_is_hidden_from_the_handling_org_until_the_case_is_known() -> None:
    complaint = after(None, replace(LODGING, case_id=ID, awaits_case=True))
    above = by("above", "5201", "manager")
    assert not may_see_complaint(HEAD.actor, complaint.parties)
    assert may_see_complaint(above.actor, complaint.parties)
    with pytest.raises(NotFound):
        decide(complaint, AcceptComplaint(ID, DAY, HEAD))
    recused_more = after(complaint, RecuseStaff(ID, by()))
    assert not may_see_complaint(HEAD.actor, recused_more.parties)
    known = after(complaint, EndCaseWait(ID, datetime(2026, 3, 2, tzinfo=UTC), by()))
    assert may_see_complaint(HEAD.actor, known.parties)


PEOPLE = ["head", "inv", "inv2", "bad", "hand", "boss"]
ORGS = {"boss": ACCUSED}


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([0, 1, 2, 3]), st.sampled_from(PEOPLE)), max_size=15)
)
@settings(max_examples=300, deadline=None)
def test_in_any_order_of_commands_no_recused_person_acts_and_no_reply_precedes_a_conclusion(
    attempts: list[tuple[str, int, str]],
) -> None:
    complaint = a_complaint(case_staff=frozenset({"hand"}))
    for person, choice, investigator in attempts:
        cause = by(person, ORGS.get(person, COUNTY), "manager")
        commands: list[Command] = [
            AcceptComplaint(ID, DAY, cause),
            assignment(investigator, cause),
            ConcludeComplaint(ID, "explained", b"", DAY, cause),
            ReplyToComplaint(ID, b"", DAY, cause),
        ]
        try:
            facts = decide(complaint, commands[choice])
        except Refusal:
            continue
        before = complaint.status
        for fact in facts:
            complaint = evolve(complaint, fact)
        assert person not in ("bad", "hand", "boss")
        if complaint.status == "replied":
            assert before == "concluded"
        if complaint.status == "concluded" and before != "concluded":
            assert person == complaint.investigator
    assert complaint.investigator not in ("bad", "hand")
