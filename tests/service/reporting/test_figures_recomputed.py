"""The figures against an independent recomputation from the same events, for every kind of viewer."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.envelope import Event
from services.reporting.domain.figures import FIGURES
from tests.service.reporting.conftest import Reporting, an_actor
from tests.unit.reporting.event_histories import CENTER, COUNTY, OTHER_CENTER, STATION
from tests.unit.reporting.random_year import a_year_of_events, interleaved

Happening = tuple[date, str]
PERIODS = [
    (date(2025, 11, 1), date(2026, 8, 31)),
    (date(2026, 1, 1), date(2026, 1, 31)),
    (date(2025, 12, 31), date(2026, 1, 1)),
    (date(2026, 2, 1), date(2026, 2, 28)),
]
VIEWERS = [
    an_actor("52"),
    an_actor(COUNTY),
    an_actor(COUNTY, "manager", sub="S-head"),
    an_actor(COUNTY, "department", dept="civil"),
    an_actor(CENTER, "manager"),
    an_actor(CENTER, "window", dept="medical"),
    an_actor(OTHER_CENTER, "window"),
    an_actor(STATION, "agent"),
]
KEYS: dict[str, Callable[[dict[str, Any], date], Any]] = {
    "org": lambda case, day: case["accepting_org"],
    "station": lambda case, day: case["org"],
    "item": lambda case, day: (case["item_org"], case["item"]),
    "dept": lambda case, day: case["dept"],
    "mode": lambda case, day: case["mode"],
    "month": lambda case, day: f"{day:%Y-%m}",
}


def read(events: Iterable[Event], sources: set[str]) -> dict[str, dict[str, Any]]:
    """Return what the events of these sources say of each subject: later values over earlier ones, clocks by kind."""
    said: dict[str, dict[str, Any]] = defaultdict(lambda: {"clocks": {}, "names": set()})
    for event in events:
        if event.source.removeprefix("/bianmin/") not in sources:
            continue
        data = event.data.model_dump() if event.data else {}
        subject, name = said[event.subject], event.type.removeprefix("cn.bianmin.").removesuffix(".v1")
        subject["names"].add(name)
        if name.startswith("clock."):
            if name in ("clock.red", "clock.stopped"):
                subject["clocks"][data["kind"]] = (data["due_on"], data.get("late", True), data.get("early", False))
            continue
        if name in ("case.registered", "case.accepted"):
            item = data.pop("item")
            subject |= {key: data["access"][key] for key in ("org", "accepting_org", "dept")}
            subject |= {"item": item["code"], "item_org": item["org"], "mode": item["mode"]}
        if name == "case.registered":
            data["registered_on"] = data["received_on"]
        subject |= data
    return said


def happenings_of_case(case: dict[str, Any]) -> Iterable[Happening]:
    for what in ("registered", "accepted", "refused", "withdrawn", "closed"):
        if f"case.{what}" in case["names"]:
            yield case[f"{what}_on"], what
    finished = [case["clocks"][kind] for kind in ("promise", "statutory") if kind in case["clocks"]]
    missed = [due_on for due_on, late, _ in finished if late]
    if missed:
        yield min(missed), "overdue"
    if "decided_on" in case:
        yield case["decided_on"], "denied" if "case.denied" in case["names"] else "granted"
        if finished and not missed:
            yield case["decided_on"], "on_time"
            if case["clocks"].get("promise", (None, None, False))[2]:
                yield case["decided_on"], "early"


def happenings_of_complaint(complaint: dict[str, Any]) -> Iterable[Happening]:
    yield complaint["lodged_on"], "complaints"
    if complaint.get("outcome") == "supported":
        yield complaint["concluded_on"], "complaints_supported"


def recomputed(
    events: list[Event], viewer: Actor, org: str, period: tuple[date, date], by: str
) -> tuple[dict[Any, Counter[str]], Counter[str]]:
    """Return the figures by key and in total, counted event by event."""
    lines: dict[Any, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    cases = read(events, {"intake", "routing", "deadlines"})
    cases = {subject: case for subject, case in cases.items() if "case.registered" in case["names"]}
    key_of = KEYS[by]
    for case in cases.values():
        place = case["org"] if by == "station" else case["accepting_org"]
        if not place.startswith(org) or (viewer.dept and viewer.dept != case["dept"]):
            continue
        for day, what in happenings_of_case(case):
            if period[0] <= day <= period[1]:
                lines[key_of(case, day)][what] += 1
                total[what] += 1
    if viewer.dept is None and viewer.roles & {"manager", "supervisor", "investigator"}:
        for complaint in read(events, {"complaints"}).values():
            accused, handler, about = complaint["accused_org"], complaint["handler_org"], str(complaint["case_id"])
            own_unit = viewer.org.startswith(accused) and accused != "52"
            if (
                own_unit
                or viewer.id in complaint["recused"]
                or not handler.startswith(viewer.org)
                or not accused.startswith(org)
            ):
                continue
            for day, what in happenings_of_complaint(complaint):
                if complaint["kind"] in ("complaint", "report") and period[0] <= day <= period[1]:
                    total[what] += 1
                    if by in ("org", "station"):
                        lines[accused][what] += 1
                    elif by == "month":
                        lines[f"{day:%Y-%m}"][what] += 1
                    elif about in cases:
                        lines[key_of(cases[about], day)][what] += 1
    return lines, total


@pytest.mark.parametrize("seed", range(3))
async def test_every_figure_is_what_the_events_say(reporting: Reporting, seed: int) -> None:
    rng = random.Random(seed)
    chains = a_year_of_events(rng, 150)
    events = interleaved(rng, chains)
    await reporting.takes_in_batches(events, size=97)
    for viewer in VIEWERS:
        knows = viewer.dept is None and bool(viewer.roles & {"manager", "supervisor"})
        for first, last in PERIODS:
            for by in KEYS:
                report = await reporting.reports(viewer, from_=first, to=last, by=by)
                lines, total = recomputed(events, viewer, viewer.org, (first, last), by)
                if not knows:
                    for counts in (*lines.values(), total):
                        assert counts["complaints"] == 0
                shown = {
                    (line["item_org"], line["item"]) if by == "item" else line[by]: line for line in report["items"]
                }
                if by == "month":
                    lines |= {month: Counter() for month in shown.keys() - lines.keys()}
                assert list(shown) == sorted(lines)
                for key, line in shown.items():
                    hidden = by in ("org", "station") and key == viewer.org and key != "52"
                    expect(line, lines[key], complaints=knows and not hidden)
                expect(report["total"], total, complaints=knows)


def expect(shown: dict[str, Any], counts: Counter[str], *, complaints: bool) -> None:
    for figure in FIGURES:
        known = complaints or not figure.startswith("complaints")
        assert shown[figure] == (counts[figure] if known else None), figure
    timed = counts["on_time"] + counts["overdue"]
    assert shown["on_time_rate"] == (round(counts["on_time"] / timed, 4) if timed else None)
    assert shown["early_rate"] == (round(counts["early"] / timed, 4) if timed else None)
    accepted = counts["accepted"]
    assert shown["closing_rate"] == (round(counts["closed"] / accepted, 4) if accepted else None)


async def test_months_add_up_to_the_period(reporting: Reporting) -> None:
    await reporting.takes_in_batches(interleaved(random.Random(7), a_year_of_events(random.Random(7), 100)), 500)
    report = await reporting.reports(an_actor(COUNTY), from_="2025-11-01", to="2026-08-31", by="month")
    for figure in FIGURES:
        assert sum(line[figure] for line in report["items"]) == report["total"][figure]
