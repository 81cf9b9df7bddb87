"""Lists of clocks: filters, pages, the change feed, and what they cost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import routing
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.harness import Client, statements
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    County,
    access,
    an_acceptance,
    day,
    running_deadlines,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_deadlines(await migrated([SERVICE]), tmp_path) as county:
        yield county


@pytest.fixture
async def supervisor(county: County) -> Client:
    """Of the province, which has three cases: one decided, one of another township, one accepted later."""
    decided = await county.a_running_case()
    await county.grants(decided)
    await county.a_running_case(org=OTHER_STATION)
    await county.a_running_case("2026-03-16")
    return county.harness.as_("supervisor", "52")


async def found(client: Client, **query: Any) -> list[tuple[str, str, str]]:
    answer = await client.get("/clocks", **query)
    assert answer.status_code == 200, answer.text
    return [(clock["kind"], clock["due_on"], clock["org"]) for clock in answer.json()["items"]]


async def test_clocks_are_listed_by_their_due_moment(supervisor: Client) -> None:
    assert await found(supervisor) == [
        ("promise", "2026-03-09", CENTER),
        ("promise", "2026-03-09", OTHER_CENTER),
        ("promise", "2026-03-23", CENTER),
        ("statutory", "2026-03-30", CENTER),
        ("statutory", "2026-03-30", OTHER_CENTER),
        ("statutory", "2026-04-14", CENTER),
    ]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"org": "520111"}, 6),
        ({"org": CENTER}, 4),
        ({"org": STATION}, 0),  # the center answers
        ({"org": OTHER_CENTER}, 2),
        ({"kind": "promise"}, 3),
        ({"kind": "complaint"}, 0),
        ({"state": "running"}, 4),
        ({"state": "stopped"}, 2),
        ({"lamp": "green"}, 6),
        ({"lamp": "red"}, 0),
        ({"due_before": "2026-03-09"}, 0),
        ({"due_before": "2026-03-10"}, 2),
        ({"due_before": "2026-03-10T00:00:00+08:00"}, 0),
        ({"due_before": "2026-03-10T00:00:01+08:00"}, 2),
        ({"due_before": "2026-03-31", "kind": "statutory", "org": CENTER, "state": "stopped"}, 1),
        ({"case_id": str(new_id())}, 0),
    ],
)
async def test_filters_narrow_the_list(supervisor: Client, query: dict[str, Any], number: int) -> None:
    assert len(await found(supervisor, **query)) == number


async def test_paused_clocks_can_be_listed(county: County, supervisor: Client) -> None:
    case = await county.a_running_case()
    procedure = routing.ProcedureStarted(
        access=access(), procedure_id=new_id(), kind="hearing", started_on=day("2026-03-03"), expected_days=5
    )
    await county.announces("routing", case, procedure, time="2026-03-03T09:00")
    still = (await supervisor.get("/clocks", state="paused")).json()["items"]
    assert [(clock["kind"], clock["subject"], clock["due_on"]) for clock in still] == [
        ("promise", case, None),
        ("statutory", case, None),
    ]
    one, *_ = still
    following = (await supervisor.get("/clocks", state="paused", limit=1)).json()["next_cursor"]
    [other] = (await supervisor.get("/clocks", state="paused", limit=1, cursor=following)).json()["items"]
    assert other["id"] != one["id"]
    assert await found(supervisor, state="paused", due_before="2099-01-01") == []


@pytest.mark.parametrize(
    "query",
    [
        {"org": "5"},
        {"org": "abc"},
        {"kind": "other"},
        {"lamp": "blue"},
        {"state": "over"},
        {"due_before": "soon"},
        {"due_before": "2026-03-10T00:00:00"},
        {"updated_since": "2026-03-10T00:00:00"},
        {"case_id": "1"},
        {"limit": 0},
        {"limit": 201},
    ],
)
async def test_an_invalid_filter_is_refused_by_name(supervisor: Client, query: dict[str, Any]) -> None:
    answer = await supervisor.get("/clocks", **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"query:{next(iter(query))}"


@pytest.mark.parametrize("feed", [{}, {"updated_since": "2020-01-01T00:00:00+08:00"}])
async def test_pages_show_every_clock_once(supervisor: Client, feed: dict[str, str]) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await supervisor.get("/clocks", limit=4, **feed, **cursor)).json()
        seen += [clock["id"] for clock in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 6


async def test_a_cursor_is_valid_for_its_own_filters_and_its_own_actor(county: County, supervisor: Client) -> None:
    cursor = (await supervisor.get("/clocks", limit=1)).json()["next_cursor"]
    assert (await supervisor.get("/clocks", limit=1, cursor=cursor)).status_code == 200
    other = county.harness.as_("window", CENTER)
    for client, query in ((supervisor, {"lamp": "green"}), (supervisor, {"cursor": cursor[:-4] + "AAAA"}), (other, {})):
        assert (await client.get("/clocks", **{"limit": 1, "cursor": cursor, **query})).status_code == 400


async def test_the_change_feed_returns_the_clocks_that_changed_since(county: County, supervisor: Client) -> None:
    everything = (await supervisor.get("/clocks", updated_since="2020-01-01T00:00:00Z")).json()["items"]
    moments = [clock["updated_at"] for clock in everything]
    assert moments == sorted(moments)
    fresh = await county.a_running_case()
    changed = (await supervisor.get("/clocks", updated_since=moments[-1])).json()["items"]
    assert {clock["subject"] for clock in changed} == {everything[-1]["subject"], fresh}


async def test_a_list_sends_one_statement_and_the_feed_and_an_explanation_two(
    county: County, supervisor: Client
) -> None:
    clock = (await supervisor.get("/clocks")).json()["items"][0]["id"]
    database = county.harness.runtime("deadlines").database
    for path, query, cost in (
        (f"/clocks/{clock}", {}, 1),
        (f"/clocks/{clock}/explain", {}, 2),  # and whether its end has moved
        ("/clocks", {"org": CENTER, "lamp": "green", "due_before": "2027-01-01"}, 1),
        ("/clocks", {"updated_since": "2020-01-01T00:00:00Z"}, 2),
    ):
        with statements(database) as sent:
            assert (await supervisor.get(path, **query)).status_code == 200
        own = [statement for statement in sent if "SELECT EXISTS" not in statement]  # without the poll of the timers
        assert len([one for one in own if "FROM clock" in one or "pg_stat_activity" in one]) == cost


async def test_a_batch_of_events_costs_as_many_statements_as_one(county: County) -> None:
    database = county.harness.runtime("deadlines").database

    async def cost(events: int) -> int:
        accepted = [(str(new_id()), an_acceptance()) for _ in range(events)]
        with statements(database) as sent:
            await county.announce_all("intake", accepted)
        about = [one for one in sent if "subject.id" in one or "clock" in one]
        return len([one for one in about if "SKIP LOCKED" not in one and "SELECT EXISTS" not in one])  # of no timer

    assert await cost(1) == await cost(50) == 3  # lock the subjects, read their clocks, write everything


async def test_staff_recused_from_a_complaint_do_not_see_its_clocks(county: County) -> None:
    complaint = await county.lodges(recused=("bad",))
    bad, hand, other = (county.harness.as_("manager", COUNTY, sub=name) for name in ("bad", "hand", "other"))

    async def seen_by(who: Client) -> int:
        found = (await who.get("/clocks", case_id=complaint)).json()["items"]
        assert len(found) == len((await who.get("/clocks", kind="complaint")).json()["items"])
        return len(found)

    assert [await seen_by(who) for who in (bad, hand, other)] == [0, 2, 2]
    await county.recuses(complaint, "bad", "hand")
    assert [await seen_by(who) for who in (bad, hand, other)] == [0, 0, 2]
    clock, _ = (await other.get("/clocks", case_id=complaint)).json()["items"]
    assert (await hand.get(f"/clocks/{clock['id']}")).status_code == 404
    admin = county.harness.as_("admin", "52")
    assert (await admin.get("/clocks", case_id=complaint)).json()["items"] == []


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_moment_outside_the_range_of_a_zone_is_refused(supervisor: Client, moment: str) -> None:
    for name in ("updated_since", "due_before"):
        assert (await supervisor.get("/clocks", **{name: moment})).status_code == 422


async def test_the_first_day_of_the_calendar_is_accepted(supervisor: Client) -> None:
    assert (await supervisor.get("/clocks", updated_since="0001-01-01T00:00:00+00:00")).status_code == 200
    assert (await supervisor.get("/clocks", due_before="0001-01-01")).status_code == 422
    assert (await supervisor.get("/clocks", due_before="9999-12-31")).status_code == 200
