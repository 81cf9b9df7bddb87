"""What the events of routing and deadlines change in a case."""

from typing import Any
from uuid import UUID

import pytest

from bianmin.events import deadlines
from bianmin.events.parts import EventData, Lamp
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted
from bianmin.kit.refusals import NotFound
from services.intake.domain.clocks import ClockNotKnown
from services.intake.domain.decide import decide
from tests.unit.intake.builders import CENTER, DAY, NOW, a_case, after, clock_started, follow


def test_the_status_follows_the_decision_of_routing() -> None:
    access = a_case().access
    case = after(a_case(status="in_progress"), follow(CaseGranted(access=access, decided_on=DAY)))
    assert (case.status, case.decided_on) == ("granted", DAY)
    case = after(case, follow(CaseClosed(access=access, result="granted", closed_on=DAY)))
    assert (case.status, case.closed_on) == ("closed", DAY)
    case = after(a_case(status="in_progress"), follow(CaseDenied(access=access, decided_on=DAY, reason_code="x")))
    assert case.status == "denied"


def test_c11_a_breach_stays_red_whatever_the_other_clocks_show() -> None:
    shared: dict[str, Any] = {"subject_kind": "case", "org": CENTER, "dept": "civil", "cycle": 1}
    promise, statutory = (
        {**shared, "clock_id": UUID(int=n), "kind": kind} for n, kind in ((1, "promise"), (2, "statutory"))
    )
    end = {"due_on": DAY, "due_at": NOW}
    counted = {**end, "provisional": False, "calendar_version": "CN"}
    stopped = {**end, "stopped_at": NOW}
    started = {**counted, "unit": "workday", "budget": 5, "started_on": DAY}
    steps: list[tuple[EventData, Lamp]] = [
        (deadlines.ClockStarted(**promise, **started), "green"),
        (deadlines.ClockStarted(**statutory, **started), "green"),
        (deadlines.ClockYellow(**statutory, **end, detected_at=NOW), "yellow"),
        (deadlines.ClockRed(**promise, **end, detected_at=NOW), "red"),
        (deadlines.ClockPaused(**statutory, paused_on=DAY, reason_code="hearing"), "red"),
        (deadlines.ClockResumed(**statutory, **counted, resumed_at=NOW, lamp="green"), "red"),
        (deadlines.ClockExtended(**statutory, **counted, by=10, previous_due_on=DAY, lamp="green"), "red"),
        (deadlines.ClockStopped(**statutory, **stopped, late=False, early=True, lamp="green"), "red"),
        (deadlines.ClockStopped(**promise, **stopped, late=True, early=False, lamp="red"), "red"),
    ]
    case = a_case()
    for number, (event, lamp) in enumerate(steps, 1):
        case = after(case, follow(event, "deadlines", number))
        assert case.lamp == lamp, event


def test_an_event_of_a_case_that_is_not_known_yet_waits() -> None:
    with pytest.raises(NotFound):
        decide(None, follow(CaseGranted(access=a_case().access, decided_on=DAY)))


def test_an_event_of_a_clock_that_is_not_known_yet_waits() -> None:
    yellow = deadlines.ClockYellow(
        clock_id=UUID(int=2), subject_kind="case", kind="promise", org=CENTER, due_on=DAY, due_at=NOW, detected_at=NOW
    )
    case = after(a_case(), clock_started())
    with pytest.raises(ClockNotKnown):
        decide(case, follow(yellow, "deadlines"))
