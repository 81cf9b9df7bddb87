"""Who may do what with a complaint, and when."""

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
from tests.unit.complaints.a_complaint import ACCUSED, COUNTY, DAY, HEAD, ID, a_complaint, a_complaint_in, by


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
        AssignInvestigator: AssignInvestigator(ID, "another", HEAD),
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
        decide(complaint, AssignInvestigator(ID, staff, HEAD))


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
            AssignInvestigator(ID, investigator, cause),
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
