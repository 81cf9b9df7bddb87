"""The six procedures: joint, assisted and agency handling, and the mediation of disputes."""

from datetime import timedelta

import pytest

from bianmin.domain.access import Holder, sees
from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Refusal
from services.routing.domain.decisions import WrongOpinion
from services.routing.domain.delivery import NothingToDeliver
from services.routing.domain.disputes import MediationDateWrong, NotADispute, NotMediatedHere
from services.routing.domain.late_opinions import EscalateLateOpinion, NoLateOpinion
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.reply import NothingToReply, ReplyDateWrong
from services.routing.domain.task_checks import Recused, WrongTaskStatus
from services.routing.domain.tasks import MediationExpected, NoStepBefore
from services.routing.domain.waiting import waiting_for
from tests.unit.routing.builders import (
    CASE,
    CENTER,
    COUNTY,
    DECIDER,
    SEALED,
    STATION,
    SYSTEM,
    TODAY,
    HandledCase,
    a_planned_case,
    access,
    an_item,
    complete,
    deliver,
    escalate,
    mediate,
    receive,
    recuse,
    reply,
    return_task,
    staff,
    withdraw,
)

CO_HANDLERS = [{"dept": "agri", "lead": True}, {"dept": "land"}, {"dept": "forest"}]
AGRI, LAND, FOREST = (staff("department", CENTER, dept) for dept in ("agri", "land", "forest"))
VILLAGE, AGENT = staff("window", STATION), staff("agent", STATION)
TOWNSHIP, COUNTY_LEGAL = staff("department", CENTER, "legal"), staff("department", COUNTY, "legal")


def a_joint_case() -> HandledCase:
    return a_planned_case(an_item("joint", "center", "land", co_handlers=CO_HANDLERS), access(dept="land"))


def give(case: HandledCase, seq: int, actor: Actor, opinion: str = "agree", **given: object) -> None:
    case.carry_out(receive(case.task(seq), actor))
    case.carry_out(complete(case.task(seq), actor, opinion, **given))  # type: ignore[arg-type]


def test_all_co_handlers_review_side_by_side_and_the_lead_decides() -> None:
    route = a_joint_case().route
    assert [(task.seq, task.group, task.kind, task.office.dept, task.status) for task in route.tasks] == [
        (1, 1, "review", "agri", "assigned"),
        (2, 1, "review", "land", "assigned"),
        (3, 1, "review", "forest", "assigned"),
        (4, None, "decide", "agri", "planned"),
    ]
    assert route.lead == Holder(CENTER, "agri")
    assert route.holders == tuple(Holder(CENTER, dept) for dept in ("agri", "land", "forest"))


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_the_decision_comes_after_the_last_review_and_is_assigned_once(order: tuple[int, ...]) -> None:
    case, people = a_joint_case(), {1: AGRI, 2: LAND, 3: FOREST}
    for seq in order[:-1]:
        give(case, seq, people[seq])
        assert case.task(4).status == "planned"
    give(case, order[-1], people[order[-1]])
    assert case.task(4).status == "assigned"
    assert case.event_names().count("task.assigned") == 4
    give(case, 4, AGRI, "grant")
    assert case.route.status == "granted"


def test_a_decision_answers_the_office_that_disagreed() -> None:
    case = a_joint_case()
    give(case, 1, AGRI)
    give(case, 2, LAND, "disagree")
    give(case, 3, FOREST)
    case.carry_out(receive(case.task(4), AGRI))
    with pytest.raises(WrongOpinion) as refused:
        case.carry_out(complete(case.task(4), AGRI, "grant"))
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/note", "disagreement_not_answered")]
    case.carry_out(complete(case.task(4), AGRI, "grant", note=SEALED))
    assert case.route.status == "granted"


def test_the_lead_sees_the_case_from_the_first_opinion_to_the_end() -> None:
    case = a_planned_case(an_item("joint", "county", "land", co_handlers=CO_HANDLERS), access(dept="land"))
    window, decider = staff("department", CENTER, "agri"), staff("department", COUNTY, "agri")
    county = {1: decider, 2: staff("department", COUNTY, "land"), 3: staff("department", COUNTY, "forest")}
    for seq, actor in county.items():
        assert all(sees(lead, case.route.reach) for lead in (window, decider)), seq
        give(case, seq, actor)
    give(case, 4, decider, "grant")
    assert all(sees(lead, case.route.reach) for lead in (window, decider))
    assert not sees(county[3], case.route.reach)


def test_the_lead_returns_the_case_to_all_co_handlers() -> None:
    case = a_joint_case()
    for seq, actor in ((1, AGRI), (2, LAND), (3, FOREST)):
        give(case, seq, actor, "disagree" if actor is LAND else "agree")
    case.carry_out(return_task(case.task(4), AGRI))
    assert [(task.seq, task.status) for task in case.route.tasks[4:]] == [
        (1, "assigned"),
        (2, "assigned"),
        (3, "assigned"),
        (4, "planned"),
    ]
    for seq, actor in ((1, AGRI), (2, LAND), (3, FOREST)):
        give(case, seq, actor)
    give(case, 4, AGRI, "grant")  # the office that disagreed has agreed: there is nothing left to answer
    assert case.route.status == "granted"


def test_a_review_has_no_step_before_and_comes_too_late_after_a_withdrawal() -> None:
    case = a_joint_case()
    case.carry_out(receive(case.task(2), LAND))
    with pytest.raises(NoStepBefore):
        case.carry_out(return_task(case.task(2), LAND))
    case.carry_out(withdraw())
    with pytest.raises(WrongTaskStatus):
        case.carry_out(complete(case.task(2), LAND))


def test_the_words_name_every_office_that_a_joint_case_waits_for() -> None:
    case = a_joint_case()
    give(case, 2, LAND)
    case.carry_out(receive(case.task(3), FOREST))
    assert waiting_for(case.route) == (
        f"等待 {CENTER} 农业农村办理单位第 1 步（审核）签收； {CENTER} 林业办理单位第 3 步（审核）由 {FOREST.id} 办完。"
    )


def late(case: HandledCase, seq: int) -> None:
    case.carry_out(EscalateLateOpinion(CASE, seq, SYSTEM))


def test_a_late_opinion_goes_to_the_leads_superior_who_may_give_it() -> None:
    case, head = a_joint_case(), staff("manager", COUNTY)
    with pytest.raises(NotTheOffice):
        case.carry_out(receive(case.task(2), head))
    late(case, 2)
    assert (case.task(2).escalated_to, case.event_names()[-1]) == (COUNTY, "joint.opinion_overdue")
    assert "已超期" in str(waiting_for(case.route))
    for other in (staff("manager", COUNTY, "land"), staff("window", COUNTY)):
        with pytest.raises(NotTheOffice):
            case.carry_out(receive(case.task(2), other))
    give(case, 2, head)
    give(case, 1, AGRI)
    give(case, 3, FOREST)
    assert case.task(4).status == "assigned"


def test_only_an_open_opinion_of_joint_handling_is_late_and_once() -> None:
    case = a_joint_case()
    give(case, 1, AGRI)
    late(case, 2)
    for seq in (1, 2, 4):
        with pytest.raises(NoLateOpinion):
            late(case, seq)
    with pytest.raises(NoLateOpinion):
        late(a_planned_case(), 1)


def an_agency_case() -> HandledCase:
    case = a_planned_case(an_item("agency", "county"))
    give(case, 1, DECIDER, "grant")
    return case


def test_an_agency_case_closes_with_the_reply_after_its_delivery() -> None:
    case = an_agency_case()
    case.carry_out(deliver(AGENT))
    assert case.route.closed_on is None
    assert waiting_for(case.route) == f"等待 {STATION} 的代办人员把结果回复申请人。"
    with pytest.raises(NothingToDeliver):
        case.carry_out(deliver(AGENT))
    case.carry_out(reply(AGENT))
    assert waiting_for(case.route) is None
    assert case.route.closed_on == TODAY
    assert case.event_names()[-2:] == ["case.replied", "case.closed"]
    with pytest.raises(NothingToReply):
        case.carry_out(reply(AGENT))


def test_an_agency_case_that_was_replied_to_closes_with_its_delivery() -> None:
    case = an_agency_case()
    case.carry_out(reply(AGENT))
    assert case.route.closed_on is None
    case.carry_out(deliver(AGENT))
    assert case.route.closed_on == TODAY
    assert case.event_names().count("case.closed") == 1


def test_nobody_replies_before_the_decision_ahead_of_today_or_from_elsewhere() -> None:
    case = a_planned_case(an_item("agency", "county"))
    with pytest.raises(NothingToReply):
        case.carry_out(reply(AGENT))
    give(case, 1, DECIDER, "grant")
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(ReplyDateWrong):
            case.carry_out(reply(AGENT, day))
    with pytest.raises(NotTheOffice):
        case.carry_out(reply(DECIDER))
    promised = a_planned_case(an_item("promised", "county"))
    give(promised, 1, DECIDER, "grant")
    with pytest.raises(NothingToReply):
        promised.carry_out(reply(AGENT))


def test_the_desk_helps_and_the_case_ends_without_a_decision() -> None:
    case = a_planned_case(an_item("assist", "county", "police"), access(dept="police"))
    assert [(task.kind, task.office) for task in case.route.tasks] == [("assist", Holder(STATION))]
    give(case, 1, VILLAGE, "helped")
    assert (case.route.status, case.route.closed_on) == ("helped", TODAY)
    assert case.event_names() == ["assistance.assigned", "assistance.received", "assistance.given"]
    with pytest.raises(NothingToDeliver):
        case.carry_out(deliver(VILLAGE))


@pytest.mark.parametrize("opinion", ["grant", "deny", "agree"])
def test_a_desk_that_helps_decides_nothing(opinion: str) -> None:
    case = a_planned_case(an_item("assist", "county"))
    case.carry_out(receive(case.task(1), VILLAGE))
    with pytest.raises(WrongOpinion):
        case.carry_out(complete(case.task(1), VILLAGE, opinion))  # type: ignore[arg-type]


def a_dispute() -> HandledCase:
    return a_planned_case(an_item("promised", "center", "legal", dispute=True), access(STATION, STATION, "legal"))


def test_the_village_mediates_first_and_a_settled_dispute_does_not_leave_it() -> None:
    case = a_dispute()
    assert [task.office for task in case.route.tasks] == [
        Holder(STATION),
        Holder(CENTER, "legal"),
        Holder(COUNTY, "legal"),
    ]
    case.carry_out(mediate(VILLAGE))
    assert (case.route.status, case.route.closed_on) == ("settled", TODAY)
    assert [task.status for task in case.route.tasks] == ["done", "cancelled", "cancelled"]
    settled = case.announced[-1].data.model_dump()
    assert (case.event_names()[-1], settled["level"]) == ("dispute.settled", "village")


def test_a_dispute_goes_upward_only_after_a_failed_attempt_and_ends_at_the_county() -> None:
    case = a_dispute()
    with pytest.raises(NotMediatedHere):
        case.carry_out(escalate(case.open_task, VILLAGE))
    for actor in (VILLAGE, TOWNSHIP):
        case.carry_out(mediate(actor, "failed"))
        case.carry_out(mediate(actor, "failed"))  # a second attempt at the same level
        with pytest.raises(NotTheOffice):
            case.carry_out(mediate(COUNTY_LEGAL))
        case.carry_out(escalate(case.open_task, actor))
        with pytest.raises(Refusal):
            case.carry_out(escalate(case.open_task, actor))
    case.carry_out(mediate(COUNTY_LEGAL, "failed"))
    assert (case.route.status, case.event_names()[-1]) == ("unsettled", "dispute.unsettled")
    assert [(each.office_org, each.outcome) for each in case.route.mediations] == [
        *[(STATION, "failed")] * 2,
        *[(CENTER, "failed")] * 2,
        (COUNTY, "failed"),
    ]


def test_a_dispute_that_the_township_returned_goes_through_the_township_again() -> None:
    case = a_dispute()
    case.carry_out(mediate(VILLAGE, "failed"))
    case.carry_out(escalate(case.open_task, VILLAGE))
    case.carry_out(return_task(case.open_task, TOWNSHIP))
    assert case.open_task.office == Holder(STATION)
    case.carry_out(escalate(case.open_task, VILLAGE))
    assert case.open_task.office == Holder(CENTER, "legal")


def test_who_has_an_interest_does_not_mediate_or_decide_as_the_head() -> None:
    case = a_dispute()
    case.carry_out(recuse(case.open_task, VILLAGE))
    with pytest.raises(Recused):
        case.carry_out(mediate(VILLAGE))
    head = staff("manager", CENTER)
    joint = a_joint_case()
    joint.carry_out(receive(joint.task(2), LAND))
    joint.carry_out(recuse(joint.task(2), head))
    with pytest.raises(Recused):
        joint.carry_out(complete(joint.task(2), head))


def test_a_dispute_is_not_decided_and_another_matter_is_not_mediated() -> None:
    case = a_dispute()
    case.carry_out(receive(case.open_task, VILLAGE))
    with pytest.raises(MediationExpected):
        case.carry_out(complete(case.open_task, VILLAGE, "grant"))
    with pytest.raises(MediationDateWrong):
        case.carry_out(mediate(VILLAGE, on=TODAY + timedelta(days=1)))
    with pytest.raises(NotADispute):
        a_planned_case().carry_out(mediate(staff("manager", CENTER)))
