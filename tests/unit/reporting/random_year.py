"""A random year of events in a small made-up county, for the tests of reporting."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from bianmin.events.envelope import Event
from tests.unit.reporting.event_histories import (
    CENTER,
    COUNTY,
    NAMES,
    OTHER_CENTER,
    OTHER_STATION,
    SISTER_STATION,
    STATION,
    CaseHistory,
    Chain,
    EventMaker,
    a_case,
    a_clock,
    a_complaint,
    an_access,
    an_item,
)

FIRST_DAY, LAST_DAY = date(2025, 11, 20), date(2026, 3, 10)
AFTER_ALL_CLOCKS = date(2026, 6, 30)  # every clock that was not stopped has run out by then
ITEMS = (
    an_item("MZ-001"),
    an_item("MZ-002", mode="direct"),
    an_item("MZ-001", org=COUNTY, mode="report_up"),
    an_item("YB-001", category="medical"),
    an_item("SH-001", category="living", mode="direct", decide_level="station"),
)


def a_year_of_events(rng: random.Random, cases: int) -> list[Chain]:
    """Many cases of every sort and complaints about some, from before the new year until after it."""
    maker = EventMaker(rng)
    chains: list[Chain] = [[maker.org(code)] for code in NAMES]
    chains += [[maker.item(item)] for item in ITEMS]
    for _ in range(cases):
        case = _some_case(rng, maker)
        chains += case.chains
        if rng.random() < 0.25:
            chains += _some_complaint(rng, maker, case)
    return chains


def _some_case(rng: random.Random, maker: EventMaker) -> CaseHistory:
    item = rng.choice(ITEMS)
    org = rng.choice((STATION, SISTER_STATION, OTHER_STATION, CENTER, OTHER_CENTER))
    accepting = org if item.decide_level == "station" else org[:9]
    case = a_case(maker, an_access(org, accepting, item.category), item)
    day = FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days))
    case.registered(day)
    day = later(rng, day, 5)
    match rng.choice(("waiting", "refused", "withdrawn") + ("accepted",) * 7):
        case "refused":
            case.refused(day)
        case "withdrawn":
            case.withdrawn(day)
        case "accepted":
            _after_acceptance(rng, case.accepted(day), day)
    return case


def _after_acceptance(rng: random.Random, case: CaseHistory, accepted_on: date) -> None:
    case.worked_on(rng.choice(("S-office", "S-head")))
    done_on: date | None = later(rng, accepted_on, 40)
    match rng.choice(("granted", "granted", "granted", "denied", "withdrawn", "open")):
        case "granted" | "denied" as result:
            assert done_on is not None
            case.decided(done_on, denied=result == "denied")
            if rng.random() < 0.7:
                case.closed(later(rng, done_on, 10), result)
        case "withdrawn":
            assert done_on is not None
            case.withdrawn(done_on, at="routing").closed(done_on, "withdrawn")
        case _:
            done_on = None
    for kind, days in (("promise", 20), ("statutory", 45)):
        if rng.random() < 0.8:
            due_on = later(rng, accepted_on, days)
            late = (done_on or AFTER_ALL_CLOCKS) > due_on
            # sometimes the timer misses the end, sometimes it fires because the decision was announced late
            seen_red = rng.random() < (0.8 if late else 0.1) or done_on is None
            case.clock(kind, due_on, red=seen_red, stopped_on=done_on)


def _some_complaint(rng: random.Random, maker: EventMaker, case: CaseHistory) -> Sequence[Chain]:
    lodged_on = FIRST_DAY + timedelta(days=rng.randrange(100))
    complaint = a_complaint(
        maker,
        rng.choice((*NAMES, "52")),
        lodged_on,
        kind=rng.choice(("complaint", "report", "suggestion", "praise")),
        case_id=case.id if rng.random() < 0.7 else None,
        outcome=rng.choice((None, "supported", "explained", "not_supported")),
        concluded_on=later(rng, lodged_on, 60),
        recused=rng.choice(((), ("S-head",), ("S-office", "S-head"))),
        recused_later=rng.choice((None, ("S-head",), ("S-office", "S-other"))),
    )
    return complaint, a_clock(maker, complaint[0].subject, "complaint", "complaint", lodged_on, True, None)


def later(rng: random.Random, day: date, most: int) -> date:
    return day + timedelta(days=rng.randrange(most))


def interleaved(rng: random.Random, chains: Sequence[Chain]) -> list[Event]:
    """One of the orders in which these events may arrive: each chain keeps its own."""
    turns = [n for n, chain in enumerate(chains) for _ in chain]
    rng.shuffle(turns)
    waiting = [iter(chain) for chain in chains]
    return [next(waiting[turn]) for turn in turns]
