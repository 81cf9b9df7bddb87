"""Event histories of a small made-up county, for the tests of reporting."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from bianmin.domain.divisions import parent_of
from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.envelope import Event, compose, parse_event
from bianmin.events.parts import Access, ItemFacts, Office
from bianmin.kit.time_source import TZ

COUNTY, CENTER, OTHER_CENTER = "520111", "520111101", "520111102"
STATION, SISTER_STATION, OTHER_STATION = "520111101201", "520111101202", "520111102201"
NAMES = {
    COUNTY: "花溪区",
    CENTER: "青岩镇便民服务中心",
    OTHER_CENTER: "石板镇便民服务中心",
    STATION: "龙井村便民服务站",
    SISTER_STATION: "歪脚村便民服务站",
    OTHER_STATION: "茨凹村便民服务站",
}


def an_item(code: str = "MZ-001", **facts: Any) -> ItemFacts:
    """Return an item of the provincial catalog."""
    given = {"org": "52", "version": 1, "name": f"事项{code}", "category": "civil", "mode": "promised"}
    return ItemFacts(**{"item_type": "05", "decide_level": "center", "code": code, **given, **facts})


def an_access(org: str = STATION, accepting_org: str = CENTER, dept: Any = "civil") -> Access:
    """Return the access of a case registered at `org`, held by the accepting org."""
    return Access(org=org, accepting_org=accepting_org, dept=dept, holders=(Office(org=accepting_org, dept=dept),))


@dataclass
class EventMaker:
    """Makes events as they arrive: numbered within (source, subject) and parsed from their bytes."""

    rng: random.Random = field(default_factory=lambda: random.Random(0))
    sequences: Counter[tuple[str, str]] = field(default_factory=Counter)

    def id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def event(self, source: str, subject: str, data: Any, actor: str = "system") -> Event:
        self.sequences[source, subject] += 1
        value = compose(
            data,
            id=self.id(),
            source=source,
            subject=subject,
            sequence=self.sequences[source, subject],
            time=datetime(2026, 1, 1, tzinfo=UTC),
            region=COUNTY,
            actor=actor,
        )
        return parse_event(value)

    def unknown_event(self, source: str, subject: str) -> Event:
        """Return an event of a type that only a later version of this program knows."""
        known = self.event(source, subject, routing.OrgChanged(code=COUNTY, name="", level="county"))
        return parse_event(known.raw.replace(b"org.changed", b"org.praised"))

    def org(self, code: str, name: str | None = None) -> Event:
        changed = routing.OrgChanged(code=code, name=name or NAMES[code], level="county", parent=parent_of(code))
        return self.event("routing", code, changed)

    def item(self, item: ItemFacts) -> Event:
        return self.event("intake", f"{item.org}/{item.code}", intake.ItemPublished(item=item))


Chain = list[Event]
"""Events of one (source, subject), in their order."""


@dataclass
class CaseHistory:
    """A case and its events by source; each method adds what happened next."""

    maker: EventMaker
    id: str
    access: Access
    item: ItemFacts
    intake: Chain = field(default_factory=list)
    routing: Chain = field(default_factory=list)
    deadlines: Chain = field(default_factory=list)

    @property
    def chains(self) -> list[Chain]:
        return [chain for chain in (self.intake, self.routing, self.deadlines) if chain]

    def registered(self, day: date) -> "CaseHistory":
        data = intake.CaseRegistered(
            access=self.access, case_no="20260001", item=self.item, channel="window", received_on=day
        )
        self.intake.append(self.maker.event("intake", self.id, data, "S-desk"))
        return self

    def accepted(self, day: date) -> "CaseHistory":
        data = intake.CaseAccepted(
            access=self.access, case_no="20260001", item=self.item, received_on=day, accepted_on=day
        )
        self.intake.append(self.maker.event("intake", self.id, data, "S-desk"))
        return self

    def refused(self, day: date) -> "CaseHistory":
        data = intake.CaseRefused(access=self.access, reason_code="not-ours", refused_on=day)
        self.intake.append(self.maker.event("intake", self.id, data))
        return self

    def withdrawn(self, day: date, at: str = "intake") -> "CaseHistory":
        data = intake.CaseWithdrawn(access=self.access, withdrawn_on=day)
        (self.intake if at == "intake" else self.routing).append(self.maker.event(at, self.id, data))
        return self

    def worked_on(self, staff: str) -> "CaseHistory":
        task: dict[str, Any] = {"access": self.access, "task_id": self.maker.id(), "seq": 1, "kind": "decide"}
        office = Office(org=self.access.accepting_org, dept=self.access.dept)
        for happened in (
            routing.TaskAssigned(office=office, **task),
            routing.TaskReceived(office=office, assignee=staff, **task),
            routing.TaskCompleted(office=office, assignee=staff, opinion="grant", **task),
        ):
            self.routing.append(self.maker.event("routing", self.id, happened, staff))
        return self

    def decided(self, day: date, denied: bool = False) -> "CaseHistory":
        data: Any = routing.CaseGranted(access=self.access, decided_on=day)
        if denied:
            data = routing.CaseDenied(access=self.access, decided_on=day, reason_code="unfit")
        self.routing.append(self.maker.event("routing", self.id, data, "S-office"))
        return self

    def closed(self, day: date, result: Any = "granted") -> "CaseHistory":
        data = routing.CaseClosed(access=self.access, result=result, closed_on=day)
        self.routing.append(self.maker.event("routing", self.id, data))
        return self

    def clock(self, kind: Any, due_on: date, red: bool = False, stopped_on: date | None = None) -> "CaseHistory":
        self.deadlines += a_clock(self.maker, self.id, "case", kind, due_on, red, stopped_on)
        return self


def a_clock(
    maker: EventMaker, subject: str, of: Any, kind: Any, due_on: date, red: bool, stopped_on: date | None
) -> Chain:
    """A clock from its start on; `red` says whether the timer saw it run out."""
    due_at = datetime.combine(due_on + timedelta(days=1), time(), TZ)
    common: dict[str, Any] = {
        "clock_id": maker.id(),
        "subject_kind": of,
        "kind": kind,
        "org": CENTER,
        "due_on": due_on,
        "due_at": due_at,
    }
    facts: list[Any] = [
        deadlines.ClockStarted(
            unit="workday", budget=5, started_on=due_on, calendar_version="1", provisional=False, **common
        )
    ]
    if red:
        facts += [deadlines.ClockYellow(detected_at=due_at, **common), deadlines.ClockRed(detected_at=due_at, **common)]
    if stopped_on is not None:
        facts.append(
            deadlines.ClockStopped(
                stopped_at=datetime.combine(stopped_on, time(9), TZ),
                late=stopped_on > due_on,
                early=stopped_on < due_on,
                lamp="red" if stopped_on > due_on else "green",
                **common,
            )
        )
    return [maker.event("deadlines", subject, fact) for fact in facts]


def a_case(maker: EventMaker, access: Access | None = None, item: ItemFacts | None = None) -> CaseHistory:
    return CaseHistory(maker, str(maker.id()), access or an_access(), item or an_item())


def a_complaint(
    maker: EventMaker,
    accused: str,
    lodged_on: date,
    *,
    kind: Any = "complaint",
    handler: str | None = None,
    case_id: str | None = None,
    outcome: Any = None,
    concluded_on: date | None = None,
    recused: tuple[str, ...] = (),
    recused_later: tuple[str, ...] | None = None,
) -> Chain:
    subject = str(maker.id())
    orgs: dict[str, Any] = {"handler_org": handler or parent_of(accused) or accused, "accused_org": accused}
    orgs["recused"] = recused
    facts: list[Any] = [
        complaints.ComplaintLodged(
            complaint_no="TS1", kind=kind, channel="box", anonymous=True, case_id=case_id, lodged_on=lodged_on, **orgs
        )
    ]
    if recused_later is not None:
        orgs["recused"] = recused_later
        facts.append(complaints.ComplaintRecused(**orgs))
    if outcome is not None and concluded_on is not None:
        facts += [
            complaints.ComplaintAccepted(kind=kind, accepted_on=lodged_on, **orgs),
            complaints.ComplaintAssigned(**orgs),
            complaints.ComplaintConcluded(outcome=outcome, concluded_on=concluded_on, **orgs),
            complaints.ComplaintReplied(kind=kind, replied_on=concluded_on, **orgs),
        ]
    return [maker.event("complaints", subject, fact) for fact in facts]
