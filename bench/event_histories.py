"""The events that intake, routing and deadlines publish about cases from registration to closing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bench.county import CENTER, COUNTY, DEPT, ITEM, STATIONS
from bianmin.domain.actors import Actor
from bianmin.events import deadlines, intake, routing
from bianmin.events.parts import Access, EventData, ItemFacts, Office
from bianmin.kit.decide import Announcement, Cause
from bianmin.kit.ids import new_id
from bianmin.kit.time_source import TZ

EVENTS_A_CASE = 12
SourcedEvent = tuple[str, Announcement]
"""The source and the event."""

_OFFICE = Office(org=CENTER, dept=DEPT)
_ITEM = ItemFacts(
    org=COUNTY,
    code=ITEM,
    version=1,
    name="临时救助（小额）",
    category=DEPT,
    mode="promised",
    item_type="05",
    decide_level="center",
)
_FIRST_DAY = date(2026, 3, 2)


def history_of(cases: int, at_once: int = 500) -> Iterator[SourcedEvent]:
    """Yield the events of many cases, with those of `at_once` cases interleaved."""
    for first in range(0, cases, at_once):
        histories = [_history(number) for number in range(first, min(first + at_once, cases))]
        for step in zip(*histories, strict=True):
            yield from step


def _history(number: int) -> Sequence[SourcedEvent]:
    subject = str(new_id())
    station = STATIONS[number % len(STATIONS)]
    received = _FIRST_DAY + timedelta(days=number % 60)
    decided = received + timedelta(days=number % 9)
    here = Access(org=station, accepting_org=CENTER, dept=DEPT)
    held = Access(org=station, accepting_org=CENTER, dept=DEPT, holders=(_OFFICE,))
    staff = f"civil-{number % 7}"
    task: dict[str, Any] = {"access": held, "task_id": new_id(), "seq": 1, "kind": "decide", "office": _OFFICE}
    step = routing.PlannedStep(step_id=task["task_id"], seq=1, kind="decide", office=_OFFICE)
    due = received + timedelta(days=7)
    clock: dict[str, Any] = {
        "clock_id": new_id(),
        "subject_kind": "case",
        "kind": "promise",
        "org": CENTER,
        "dept": DEPT,
        "due_on": due,
        "due_at": datetime.combine(due + timedelta(days=1), time(), TZ),
    }
    case_no = f"{station}-{received:%Y%m%d}-{number:04}"
    facts: Sequence[tuple[str, EventData]] = (
        (
            "intake",
            intake.CaseRegistered(
                access=here,
                case_no=case_no,
                item=_ITEM,
                channel="window",
                received_on=received,
                materials=(1, 2, 3, 4, 5),
                display_name="张*三",
            ),
        ),
        (
            "intake",
            intake.CaseAccepted(access=here, case_no=case_no, item=_ITEM, received_on=received, accepted_on=received),
        ),
        ("routing", routing.RoutePlanned(access=held, mode="promised", lead=Office(org=station), steps=(step,))),
        ("routing", routing.TaskAssigned(**task)),
        (
            "deadlines",
            deadlines.ClockStarted(
                unit="workday", budget=5, started_on=received, calendar_version="1", provisional=False, **clock
            ),
        ),
        ("routing", routing.TaskReceived(assignee=staff, **task)),
        ("routing", routing.TaskStarted(assignee=staff, **task)),
        ("routing", routing.TaskCompleted(assignee=staff, opinion="grant", **task)),
        ("routing", routing.CaseGranted(access=here, decided_on=decided)),
        (
            "deadlines",
            deadlines.ClockStopped(
                stopped_at=datetime.combine(decided, time(10), TZ),
                late=decided > due,
                early=decided < due,
                lamp="green",
                **clock,
            ),
        ),
        ("routing", routing.CaseDelivered(access=here, method="in_person", delivered_on=decided)),
        ("routing", routing.CaseClosed(access=here, result="granted", closed_on=decided)),
    )
    assert len(facts) == EVENTS_A_CASE
    by = Cause(Actor(staff, CENTER, dept=DEPT))
    counted: defaultdict[str, int] = defaultdict(int)
    history = []
    for source, fact in facts:
        counted[source] += 1
        history.append((source, Announcement(subject, counted[source], fact, by)))
    return history
