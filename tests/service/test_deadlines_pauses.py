"""Events that pause clocks: pauses on record, several acts at once; and events that move no due day."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import intake, routing
from bianmin.events.parts import EventData, Office
from bianmin.kit.db import rows
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.service.deadlines_county import CENTER, County, access, an_acceptance, at, day, running_deadlines

OFFICE = Office(org=CENTER, dept="civil")
PROCEDURE: dict[str, Any] = {
    "access": access(holder=OFFICE),
    "procedure_id": new_id(),
    "kind": "hearing",
    "started_on": day("2026-03-04"),
}


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_deadlines(await migrated([SERVICE]), tmp_path) as county:
        yield county


async def pauses(county: County) -> list[tuple[Any, ...]]:
    async with county.harness.runtime("deadlines").database.reading() as tx:
        found = await rows(tx, "SELECT since, until, reason, legal_basis FROM pause")
        return [tuple(row) for row in found]


async def test_c1_c10_a_pause_is_kept_with_its_reason_and_ends_with_what_ends_the_case(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    hearing = routing.ProcedureStarted(**PROCEDURE, expected_days=5)
    await county.announces("routing", case, hearing, time="2026-03-04T10:00")
    lasting = (at("2026-03-04T10:00"), None, "hearing", "行政许可法第四十五条")
    assert await pauses(county) == [lasting]
    await county.grants(case, "2026-04-20T10:00")
    ended = (lasting[0], at("2026-04-20T10:00"), *lasting[2:])
    assert await pauses(county) == [ended]
    clocks = {clock["kind"]: clock for clock in await county.clocks(case_id=case)}
    assert {(clocks[kind]["state"], clocks[kind]["late"]) for kind in ("promise", "statutory")} == {("stopped", False)}
    # the decision has ended the pause; an event of its end that arrives afterwards changes nothing
    over = routing.ProcedureEnded(**PROCEDURE, ended_on=day("2026-04-20"))
    await county.announces("routing", case, over, time="2026-04-20T10:00")
    again = routing.CaseReopened(access=access(), item=an_acceptance().item, cycle=2, reopened_on=day("2026-05-06"))
    await county.announces("routing", case, again, time="2026-05-06T10:00")
    assert await pauses(county) == [ended]
    shown = (await county.harness.as_("window", CENTER).get(f"/clocks/{clocks['statutory']['id']}/explain")).json()
    [pause] = shown["pauses"]
    assert (pause["reason"], pause["legal_basis"]) == ("hearing", "行政许可法第四十五条")
    assert (pause["first"], pause["last"], bool(pause["evidence"])) == ("2026-03-04", "2026-04-20", True)
    assert "因听证（行政许可法第四十五条）暂停，首尾两日在内，均不计入" in shown["text"]


ACTS: list[EventData] = [
    routing.TaskCompleted(
        access=access(holder=OFFICE), task_id=new_id(), seq=1, kind="review", office=OFFICE, opinion="agree"
    ),
    routing.ProcedureStarted(**PROCEDURE, expected_days=5),
]


@pytest.mark.parametrize("acts", [ACTS, ACTS[::-1]], ids=["the opinion first", "the pause first"])
async def test_c12_an_answer_given_together_with_a_pause_is_not_lost(county: County, acts: list[EventData]) -> None:
    case = await county.a_running_case("2026-03-02")
    await county.announces(
        "routing",
        case,
        routing.TaskAssigned(access=access(holder=OFFICE), task_id=new_id(), seq=1, kind="review", office=OFFICE),
    )
    await county.announce_all("routing", [(case, act) for act in acts], time="2026-03-04T10:00")
    clocks = {clock["kind"]: clock for clock in await county.clocks(case_id=case)}
    assert {kind: clock["state"] for kind, clock in clocks.items()} == {
        "promise": "paused",
        "statutory": "paused",
        "step": "stopped",
        "procedure": "running",
    }
    assert (clocks["step"]["stopped_at"], clocks["step"]["late"]) == ("2026-03-04T10:00:00+08:00", False)


async def test_c14_no_due_day_moves_however_often_the_citizen_comes_again(county: County) -> None:
    case, open_case = await county.a_running_case("2026-03-02"), str(new_id())
    await county.registers(open_case)
    complaint = await county.lodges("2026-03-02")
    before = await county.clocks()
    assert {clock["state"] for clock in before} == {"running"}
    for number in range(5):
        on = day(f"2026-03-{number + 3:02}")
        brought = [
            intake.CaseSupplemented(access=access(), materials=(1,), missing=gaps, received_on=on)
            for gaps in ((2,), ())
        ]
        wish = intake.WithdrawalRequested(access=access())
        await county.announce_all("intake", [(each, found) for each in (case, open_case) for found in (*brought, wish)])
        await county.lodges("2026-03-03")  # the same once more is another matter
    theirs = {case, open_case, complaint}
    assert [clock for clock in await county.clocks() if clock["subject"] in theirs] == before
