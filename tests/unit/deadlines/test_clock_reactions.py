"""Events of other services become commands: with business dates, and the org responsible for the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from bianmin.domain.access import Holder, Reach
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, EventData, ItemFacts, Office
from bianmin.kit.ids import new_id
from bianmin.kit.time_source import TZ
from services.deadlines.domain.cases.acceptance import CloseUnacceptedCase, CorrectDeeming, OpenCase, StartCaseClocks
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, EndCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import EndStep, FollowRoute, StartStep, VoidRouteClocks
from services.deadlines.domain.cases.supplement import AwaitSupplement, CorrectLapse, RecordSupplement
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.complaints.handling import ChangeHandling, HandleComplaint, OpenComplaint
from services.deadlines.domain.complaints.review import AnswerComplaint
from services.deadlines.domain.periods.period import Pause
from services.deadlines.domain.terms.term import ItemTerms
from services.deadlines.handlers.orgs import RecordOrgCode
from services.deadlines.reactions import command_of
from services.deadlines.reactions.routing import SPECIAL_PROCEDURE

SUBJECT = new_id()
RECORDED_AT = datetime(2026, 3, 9, 18, 30, tzinfo=TZ)
STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
ACCESS = Access(org=STATION, accepting_org=CENTER, dept="civil", holders=(Office(org=COUNTY, dept="civil"),))
ITEM = ItemFacts(
    org=COUNTY,
    code="MZ-001",
    version=1,
    name="低保",
    category="civil",
    mode="promised",
    item_type="05",
    decide_level="center",
)
HELD = (Holder(COUNTY, "civil"),)
DAY = date(2026, 3, 2)
END_OF_DAY = datetime.combine(DAY, time.max, TZ)
PARTIES = {"handler_org": COUNTY, "accused_org": CENTER}


def an_event(data: EventData, source: str, subject: str | None = None, *, actor: str = "w-7") -> Event:
    return parse_event(
        compose(
            data,
            id=new_id(),
            source=source,
            subject=subject or str(SUBJECT),
            sequence=1,
            time=RECORDED_AT,
            region=STATION,
            actor=actor,
            correlation="matter",
            traceparent="00-1-2-01",
        )
    )


def registered() -> intake.CaseRegistered:
    return intake.CaseRegistered(access=ACCESS, case_no="1", item=ITEM, channel="window", received_on=DAY)


def accepted() -> intake.CaseAccepted:
    return intake.CaseAccepted(access=ACCESS, case_no="1", item=ITEM, received_on=DAY, accepted_on=DAY)


def withdrawn() -> intake.CaseWithdrawn:
    return intake.CaseWithdrawn(access=ACCESS, withdrawn_on=DAY)


def a_task() -> routing.TaskReceived:
    office = Office(org=COUNTY, dept="civil")
    return routing.TaskReceived(access=ACCESS, task_id=new_id(), seq=1, kind="decide", office=office)


def lodged() -> complaints.ComplaintLodged:
    return complaints.ComplaintLodged(
        **PARTIES, complaint_no="TS1", kind="report", channel="qr", anonymous=True, lodged_on=DAY
    )


OFFICE = Office(org=COUNTY, dept="civil")
TASK = {"access": ACCESS, "task_id": UUID(int=1), "seq": 1, "kind": "review", "office": OFFICE}
PROCEDURE = {"access": ACCESS, "procedure_id": UUID(int=2), "kind": "hearing", "started_on": DAY}
EXTENSION = {"access": ACCESS, "extension_id": UUID(int=3), "days": 10, "unit": "workday"}


def followed(command: Any) -> FollowRoute:
    return FollowRoute(SUBJECT, HELD, command.by)


def ended(command: Any) -> EndCase:
    """An event of a week after the act."""
    return EndCase(SUBJECT, HELD, END_OF_DAY, command.by)


def given_up(command: Any) -> CloseUnacceptedCase:
    return CloseUnacceptedCase(SUBJECT, END_OF_DAY, command.by)


def a_decided(command: Any) -> DecideCase:
    return DecideCase(SUBJECT, HELD, END_OF_DAY, True, command.clock_ids, command.by)


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        (
            "intake",
            registered(),
            lambda c: OpenCase(
                SUBJECT, Reach(STATION, CENTER, "civil"), ItemTerms.of(ITEM), END_OF_DAY, c.clock_ids, c.by
            ),
        ),
        (
            "intake",
            intake.SupplementRequested(access=ACCESS, missing=(1,), noticed_on=DAY),
            lambda c: AwaitSupplement(SUBJECT, END_OF_DAY, None, c.clock_ids, c.by),
        ),
        (
            "intake",
            intake.SupplementRequested(access=ACCESS, missing=(1,), noticed_on=DAY, wait_days=30),
            lambda c: AwaitSupplement(SUBJECT, END_OF_DAY, 30, c.clock_ids, c.by),
        ),
        (
            "intake",
            intake.CaseSupplemented(access=ACCESS, materials=(1,), missing=(), received_on=DAY),
            lambda c: RecordSupplement(SUBJECT, END_OF_DAY, c.clock_ids, c.by),
        ),
        (
            "intake",
            intake.DeemingCorrected(access=ACCESS, noticed_on=DAY),
            lambda c: CorrectDeeming(SUBJECT, END_OF_DAY, c.by),
        ),
        (
            "intake",
            intake.LapseCorrected(access=ACCESS, received_on=DAY),
            lambda c: CorrectLapse(SUBJECT, END_OF_DAY, c.by),
        ),
        ("intake", intake.CaseRefused(access=ACCESS, reason_code="x", refused_on=DAY), given_up),
        ("intake", intake.CaseLapsed(access=ACCESS, lapsed_on=DAY), given_up),
        ("intake", withdrawn(), given_up),
        ("routing", withdrawn(), ended),
        ("routing", routing.CaseGranted(access=ACCESS, decided_on=DAY, awaits_delivery=True), a_decided),
        (
            "routing",
            routing.CaseDenied(access=ACCESS, decided_on=DAY, reason_code="x", awaits_delivery=True),
            a_decided,
        ),
        ("routing", routing.CaseDelivered(access=ACCESS, method="post", delivered_on=DAY), ended),
        ("routing", routing.CaseClosed(access=ACCESS, result="granted", closed_on=DAY), ended),
        (
            "routing",
            routing.TaskAssigned(**TASK),
            lambda c: StartStep(SUBJECT, HELD, "review", 1, HELD[0], RECORDED_AT, c.clock_ids, c.by),
        ),
        (
            "routing",
            routing.TaskCompleted(**TASK, opinion="agree"),
            lambda c: EndStep(SUBJECT, HELD, 1, RECORDED_AT, c.by),
        ),
        ("routing", routing.TaskReturned(**TASK), lambda c: EndStep(SUBJECT, HELD, 1, RECORDED_AT, c.by)),
        ("routing", a_task(), followed),
        (
            "routing",
            routing.ProcedureStarted(**PROCEDURE, expected_days=5),
            lambda c: PauseCase(
                SUBJECT,
                HELD,
                SubjectPause(UUID(int=2), Pause(END_OF_DAY), "hearing", SPECIAL_PROCEDURE, c.by.causation),
                "hearing",
                5,
                c.clock_ids,
                c.by,
            ),
        ),
        (
            "routing",
            routing.ProcedureEnded(**PROCEDURE, ended_on=DAY),
            lambda c: ResumeCase(SUBJECT, HELD, UUID(int=2), "hearing", END_OF_DAY, c.by),
        ),
        ("routing", routing.ExtensionRequested(**EXTENSION, requested_on=DAY), followed),
        (
            "routing",
            routing.ExtensionApproved(**EXTENSION, approved_on=DAY),
            lambda c: ExtendCase(SUBJECT, HELD, 10, END_OF_DAY, c.by),
        ),
        ("routing", routing.ExtensionRejected(**EXTENSION, rejected_on=DAY), followed),
        (
            "routing",
            routing.CaseReopened(access=ACCESS, item=ITEM, cycle=2, reopened_on=DAY),
            lambda c: RestartCaseClocks(SUBJECT, HELD, ItemTerms.of(ITEM), END_OF_DAY, c.clock_ids, c.by),
        ),
        ("routing", routing.WithdrawalRejected(access=ACCESS, reason_code="already_decided"), followed),
        ("routing", routing.RouteVoided(access=ACCESS), lambda c: VoidRouteClocks(SUBJECT, HELD, c.by)),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EventData) else "",
)
def test_every_event_of_a_case_becomes_its_command(
    source: str, data: EventData, expected: Callable[[Any], object]
) -> None:
    command: Any = command_of(an_event(data, source))
    assert command == expected(command)
    assert (command.by.actor.id, command.by.actor.org) == ("system", CENTER)


def test_clocks_start_on_the_business_date_and_not_on_the_day_of_the_event() -> None:
    command = command_of(an_event(accepted(), "intake"))
    assert isinstance(command, StartCaseClocks)
    assert (command.accepted_at, command.done_at, command.item) == (END_OF_DAY, END_OF_DAY, ItemTerms.of(ITEM))
    assert command.reach == Reach(STATION, CENTER, "civil"), "who holds the case is routing's to say"
    assert len(set(command.clock_ids)) == 2


def test_an_event_of_the_business_date_gives_the_moment_of_the_act() -> None:
    for on, moment in ((RECORDED_AT.date(), RECORDED_AT), (DAY, END_OF_DAY)):
        command = command_of(an_event(intake.DeemingCorrected(access=ACCESS, noticed_on=on), "intake"))
        assert isinstance(command, CorrectDeeming)
        assert command.noticed_at == moment


def test_a_deemed_acceptance_counts_from_the_receipt_until_it_was_detected() -> None:
    announced = intake.CaseDeemedAccepted(
        access=ACCESS, case_no="1", item=ITEM, received_on=DAY, accepted_on=DAY, notice_due_on=DAY
    )
    command = command_of(an_event(announced, "intake"))
    assert isinstance(command, StartCaseClocks)
    assert (command.accepted_at, command.done_at) == (END_OF_DAY, RECORDED_AT)


def test_the_handling_org_is_responsible_for_the_clocks_of_a_complaint() -> None:
    handling = ComplaintParties(COUNTY, CENTER)
    lodging = command_of(an_event(lodged(), "complaints"))
    assert isinstance(lodging, OpenComplaint)
    assert (lodging.handling, lodging.complaint_kind, lodging.lodged_at) == (handling, "report", END_OF_DAY)
    assert lodging.by.actor.org == COUNTY
    accepting = command_of(
        an_event(complaints.ComplaintAccepted(**PARTIES, kind="report", accepted_on=DAY), "complaints")
    )
    assert isinstance(accepting, HandleComplaint)
    assert (accepting.handling, accepting.accepted_at) == (handling, END_OF_DAY)
    replied = command_of(an_event(complaints.ComplaintReplied(**PARTIES, replied_on=DAY), "complaints"))
    assert isinstance(replied, AnswerComplaint)
    assert replied.replied_at == END_OF_DAY


def test_g20_a_complaint_awaits_its_case_here_as_long_as_complaints_says_so() -> None:
    parties = {"handler_org": COUNTY, "accused_org": CENTER, "recused": ("s",)}
    for awaits in (True, False):
        command = command_of(an_event(complaints.ComplaintRecused(**parties, awaits_case=awaits), "complaints"))
        assert isinstance(command, ChangeHandling)
        assert command.handling == ComplaintParties(COUNTY, CENTER, ("s",), awaits)


def test_a_command_names_the_event_that_caused_it() -> None:
    event = an_event(accepted(), "intake")
    command: Any = command_of(event)
    by = command.by
    assert (by.correlation, by.causation, by.trace) == ("matter", event.id, "00-1-2-01")
    assert by.chain == ("/bianmin/intake", str(SUBJECT))


def test_an_org_of_routing_is_recorded() -> None:
    announced = routing.OrgChanged(code=COUNTY, name="南明区", level="county", parent="5201")
    command = command_of(an_event(announced, "routing", COUNTY))
    assert isinstance(command, RecordOrgCode)
    assert command.code == COUNTY


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("intake", intake.ItemRetired(org=COUNTY, code="MZ-001", version=1)),
        ("intake", intake.WithdrawalRequested(access=ACCESS)),
        ("complaints", complaints.ComplaintAssigned(**PARTIES)),
        (
            "deadlines",
            deadlines.ClockRed(
                clock_id=UUID(int=1),
                subject_kind="case",
                kind="promise",
                org=CENTER,
                due_on=DAY,
                due_at=RECORDED_AT,
                detected_at=RECORDED_AT,
            ),
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EventData) else "",
)
def test_c16_events_that_are_no_act_of_the_procedure_make_no_command(source: str, data: EventData) -> None:
    assert command_of(an_event(data, source)) is None


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("intake", registered()),
        ("intake", accepted()),
        ("intake", intake.SupplementRequested(access=ACCESS, missing=(1,), noticed_on=DAY)),
        ("routing", routing.TaskCompleted(**TASK, opinion="agree")),
        ("routing", routing.CaseGranted(access=ACCESS, decided_on=DAY, awaits_delivery=True)),
        ("complaints", complaints.ComplaintReplied(**PARTIES, replied_on=DAY)),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EventData) else "",
)
def test_c16_the_actor_of_an_event_does_not_matter(source: str, data: EventData) -> None:
    def order(actor: str) -> Any:
        found: Any = command_of(an_event(data, source, actor=actor))
        new = {"clock_ids": ()} if hasattr(found, "clock_ids") else {}
        return replace(found, by=replace(found.by, causation=None), **new)

    assert order("citizen") == order("system") == order("w-7")


def test_an_event_of_an_unknown_type_makes_no_command() -> None:
    raw = an_event(registered(), "intake").raw.replace(b"case.registered.v1", b"case.imagined.v9")
    assert command_of(parse_event(raw)) is None
