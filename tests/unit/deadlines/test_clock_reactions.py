"""Events of others as orders: business dates from what they say, the region of who answers for the clock."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, EventData, ItemFacts, Office
from bianmin.kit.access import Holder, Reach
from bianmin.kit.clock import TZ
from bianmin.kit.ids import new_id
from services.deadlines.domain.subject import (
    EndComplaint,
    FollowRoute,
    GiveUpCase,
    HandleComplaint,
    OpenCase,
    OpenComplaint,
    StartCaseClocks,
)
from services.deadlines.domain.visibility import Handling
from services.deadlines.handlers import KeepOrg
from services.deadlines.reactions import business_moment, command_of

SUBJECT = new_id()
HEARD = datetime(2026, 3, 9, 18, 30, tzinfo=TZ)
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


def an_event(data: EventData, source: str, subject: str | None = None) -> Event:
    return parse_event(
        compose(
            data,
            id=new_id(),
            source=source,
            subject=subject or str(SUBJECT),
            sequence=1,
            time=HEARD,
            region=STATION,
            actor="w-7",
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


def followed(by: Any, ended_at: datetime | None = None) -> FollowRoute:
    return FollowRoute(SUBJECT, HELD, ended_at, by)


def ended(by: Any) -> FollowRoute:
    """On the day of the act, though it was told a week later."""
    return followed(by, datetime.combine(DAY, time.max, TZ))


def given_up(by: Any) -> GiveUpCase:
    return GiveUpCase(SUBJECT, by)


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        ("intake", registered(), lambda by: OpenCase(SUBJECT, Reach(STATION, CENTER, "civil"), by)),
        ("intake", intake.CaseRefused(access=ACCESS, reason_code="x", refused_on=DAY), given_up),
        ("intake", withdrawn(), given_up),
        ("routing", withdrawn(), ended),
        ("routing", routing.CaseGranted(access=ACCESS, decided_on=DAY), ended),
        ("routing", routing.CaseDenied(access=ACCESS, decided_on=DAY, reason_code="x"), ended),
        ("routing", routing.CaseClosed(access=ACCESS, result="granted", closed_on=DAY), ended),
        ("routing", a_task(), followed),
        ("routing", routing.WithdrawalRejected(access=ACCESS, reason_code="already_decided"), followed),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EventData) else "",
)
def test_what_happens_to_a_case_is_an_order(source: str, data: EventData, expected: Callable[[Any], object]) -> None:
    command: Any = command_of(an_event(data, source))
    assert command == expected(command.by)
    assert (command.by.actor.id, command.by.actor.org) == ("system", CENTER)


def test_clocks_start_on_the_business_date_and_never_on_the_day_it_was_heard_of() -> None:
    command = command_of(an_event(accepted(), "intake"))
    assert isinstance(command, StartCaseClocks)
    assert (command.accepted_at, command.item) == (END_OF_DAY, ITEM)
    assert command.reach == Reach(STATION, CENTER, "civil"), "who holds the case is routing's to say"
    assert len(set(command.clock_ids)) == 2


def test_what_is_told_on_the_day_it_happened_happened_as_it_was_told() -> None:
    assert business_moment(HEARD.date(), HEARD) == HEARD
    assert business_moment(DAY, HEARD) == END_OF_DAY


def test_a_complaint_is_timed_where_it_is_handled() -> None:
    handling = Handling(COUNTY, CENTER)
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
    assert isinstance(replied, EndComplaint)
    assert replied.replied_at == HEARD


def test_what_led_to_a_clock_is_kept() -> None:
    event = an_event(accepted(), "intake")
    command: Any = command_of(event)
    by = command.by
    assert (by.correlation, by.causation, by.trace) == ("matter", event.id, "00-1-2-01")
    assert by.chain == ("/bianmin/intake", str(SUBJECT))


def test_an_org_that_routing_knows_is_kept() -> None:
    told = routing.OrgChanged(code=COUNTY, name="南明区", level="county", parent="5201")
    command = command_of(an_event(told, "routing", COUNTY))
    assert isinstance(command, KeepOrg)
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
                due_at=HEARD,
                detected_at=HEARD,
            ),
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EventData) else "",
)
def test_what_moves_no_clock_orders_nothing(source: str, data: EventData) -> None:
    assert command_of(an_event(data, source)) is None


def test_an_event_of_a_type_nobody_knows_orders_nothing() -> None:
    raw = an_event(registered(), "intake").raw.replace(b"case.registered.v1", b"case.imagined.v9")
    assert command_of(parse_event(raw)) is None
