"""Who may do what with a complaint: never the accused, their unit, or who has an interest."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from services.complaints.domain.complaint import (
    Accept,
    Assign,
    Command,
    Complaint,
    Conclude,
    Lodge,
    Papers,
    Reply,
)
from services.complaints.domain.facts import evolve
from services.complaints.domain.rules import decide

ID = UUID("01a207d3-afdc-7702-b13c-1d53a94d0e25")
DAY = date(2026, 3, 2)
ACCUSED, COUNTY = "520111101", "520111"


def somebody(staff: str = "inv", org: str = COUNTY, role: str = "investigator", dept: str | None = None) -> Cause:
    return Cause(Actor(staff, org, frozenset({role}), dept))


def a_complaint(**changes: object) -> Complaint:
    lodged = Lodge(
        ID, "TS1", "complaint", "mobile", True, ACCUSED, "bad", None, Papers(b"", None, b""), DAY, somebody()
    )
    complaint: Complaint | None = None
    for fact in decide(None, lodged):
        complaint = evolve(complaint, fact)
    assert complaint is not None
    return replace(complaint, **changes)  # type: ignore[arg-type]


def after(complaint: Complaint, *commands: Command) -> Complaint:
    for command in commands:
        for fact in decide(complaint, command):
            complaint = evolve(complaint, fact)
    return complaint


def the_way(complaint: Complaint, upto: str) -> Complaint:
    moves: dict[str, Command] = {
        "accepted": Accept(ID, DAY, somebody("head", role="manager")),
        "assigned": Assign(ID, "inv", somebody("head", role="manager")),
        "concluded": Conclude(ID, "supported", b"", DAY, somebody("inv")),
        "replied": Reply(ID, b"", DAY, somebody("inv")),
    }
    for status, command in moves.items():
        if complaint.status == upto:
            break
        complaint = after(complaint, command)
        assert complaint.status == status
    return complaint


@pytest.mark.parametrize(
    ("org", "handler"), [("520111101201", "520111101"), ("520111101", "520111"), ("5201", "52"), ("52", "52")]
)
def test_a_complaint_is_handled_one_level_up(org: str, handler: str) -> None:
    assert first_handler(org) == handler


@pytest.mark.parametrize(
    ("cause", "sees"),
    [
        (somebody(), True),
        (somebody(org="5201", role="supervisor"), True),
        (somebody(org="52", role="manager"), True),
        (somebody("boss", ACCUSED, "manager"), False),
        (somebody("agent", "520111101201", "manager"), False),
        (somebody("other", "520112", "investigator"), False),
        (somebody("clerk", COUNTY, "window"), False),
        (somebody("admin", "52", "admin"), False),
        (somebody("line", COUNTY, "manager", "civil"), False),
        (somebody("bad", COUNTY, "investigator"), False),
        (somebody("hand", COUNTY, "investigator"), False),
        (Cause(Actor("nobody", "", frozenset({"investigator"}))), False),
    ],
)
def test_who_sees_a_complaint(cause: Cause, sees: bool) -> None:
    complaint = a_complaint(case_staff=frozenset({"hand"}))
    assert may_see_complaint(cause.actor, complaint.parties) is sees
    if not sees:
        for command in (
            Accept(ID, DAY, cause),
            Assign(ID, "x", cause),
            Conclude(ID, "explained", b"", DAY, cause),
            Reply(ID, b"", DAY, cause),
        ):
            with pytest.raises(NotFound) as there:
                decide(complaint, command)
            with pytest.raises(NotFound) as not_there:
                decide(None, command)
            assert str(there.value) == str(not_there.value)


ALLOWED = {
    "lodged": {Accept},
    "accepted": {Assign},
    "assigned": {Assign, Conclude},
    "concluded": {Reply},
    "replied": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("kind", [Accept, Assign, Conclude, Reply])
def test_every_command_in_every_state(status: str, kind: type) -> None:
    complaint = the_way(a_complaint(), status)
    command: Command = {
        Accept: Accept(ID, DAY, somebody("head", role="manager")),
        Assign: Assign(ID, "another", somebody("head", role="manager")),
        Conclude: Conclude(ID, "explained", b"", DAY, somebody("inv")),
        Reply: Reply(ID, b"", DAY, somebody("inv")),
    }[kind]
    if kind in ALLOWED[status]:
        assert decide(complaint, command)
    else:
        with pytest.raises(Conflict):
            decide(complaint, command)


def test_only_the_investigator_concludes() -> None:
    with pytest.raises(Forbidden):
        decide(
            the_way(a_complaint(), "assigned"), Conclude(ID, "explained", b"", DAY, somebody("head", role="manager"))
        )


@pytest.mark.parametrize("staff", ["bad", "hand"])
def test_the_accused_and_the_interested_are_not_made_investigators(staff: str) -> None:
    complaint = the_way(a_complaint(case_staff=frozenset({"hand"})), "accepted")
    with pytest.raises(Conflict):
        decide(complaint, Assign(ID, staff, somebody("head", role="manager")))


PEOPLE = ["head", "inv", "inv2", "bad", "hand", "boss"]
ORGS = {"boss": ACCUSED}


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([0, 1, 2, 3]), st.sampled_from(PEOPLE)), max_size=15)
)
@settings(max_examples=300, deadline=None)
def test_in_any_order_nobody_recused_acts_and_nothing_is_answered_before_it_is_concluded(
    moves: list[tuple[str, int, str]],
) -> None:
    complaint = a_complaint(case_staff=frozenset({"hand"}))
    acted: list[tuple[str, str]] = []
    for who, what, whom in moves:
        cause = somebody(who, ORGS.get(who, COUNTY), "manager")
        command: Command = [
            Accept(ID, DAY, cause),
            Assign(ID, whom, cause),
            Conclude(ID, "explained", b"", DAY, cause),
            Reply(ID, b"", DAY, cause),
        ][what]
        try:
            facts = decide(complaint, command)
        except Refusal:
            continue
        before = complaint.status
        for fact in facts:
            complaint = evolve(complaint, fact)
        acted.append((who, complaint.status))
        assert who not in ("bad", "hand", "boss")
        if complaint.status == "replied":
            assert before == "concluded"
        if complaint.status == "concluded" and before != "concluded":
            assert who == complaint.investigator
    assert complaint.investigator not in ("bad", "hand")
