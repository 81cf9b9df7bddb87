"""Cards of one unit in several cases: two yellow ones in twelve months, where a policy has it so."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bianmin.kit.db import rows
from bianmin.kit.timers import Ticker
from services.deadlines.app import SERVICE
from tests.service.deadlines_county import (
    CARDS,
    CENTER,
    COUNTY,
    OTHER_STATION,
    County,
    recount_all,
    running_deadlines,
    set_clock,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_deadlines(await migrated([SERVICE]), tmp_path, (COUNTY, "county")) as county:
        yield county


async def published(county: County, rule: str) -> None:
    body = {"policies": [{"kind": "promise", "second_yellow": rule}]}
    answer = await county.harness.as_("admin", "52").put(f"/policies/{COUNTY}", body)
    assert answer.status_code == 201, answer.text
    await recount_all(county.harness)


async def cards(county: County) -> Counter[tuple[str, str, str]]:
    """Of which unit, level and reason there are how many, once all have been judged."""
    runtime = county.harness.runtime("deadlines")
    async with asyncio.timeout(30):
        while await runtime.ticker.tick(CARDS) or await _to_weigh(county):
            pass
    found = (await county.harness.as_("supervisor", "52").get("/cards", limit=200)).json()["items"]
    return Counter((card["org"], card["level"], card["reason"]) for card in found)


async def _to_weigh(county: County) -> int:
    async with county.harness.runtime("deadlines").database.reading() as tx:
        return int((await rows(tx, "SELECT count(*) FROM card WHERE to_weigh"))[0][0])


async def test_the_second_yellow_card_in_twelve_months_brings_its_unit_a_red_one(county: County) -> None:
    await published(county, "year")
    await county.a_running_case("2026-03-02")
    await county.a_running_case("2026-03-02", org=OTHER_STATION)
    await set_clock(county.harness, "2026-03-10T09:00")
    yellow = Counter({(CENTER, "yellow", "promise"): 1, (OTHER_STATION[:9], "yellow", "promise"): 1})
    assert await cards(county) == yellow
    await county.a_running_case("2026-08-03")
    await set_clock(county.harness, "2026-08-11T09:00")
    found = await cards(county)
    assert {key: number for key, number in found.items() if key[2] not in ("card", "statutory")} == {
        **yellow,
        (CENTER, "yellow", "promise"): 2,
        (CENTER, "red", "second_yellow_in_year"): 1,
    }


async def test_without_such_a_policy_yellow_cards_of_other_cases_do_not_count(county: County) -> None:
    await published(county, "case")
    for _ in range(3):
        await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-10T09:00")
    assert await cards(county) == {(CENTER, "yellow", "promise"): 3}


async def test_of_many_cards_at_once_all_but_the_first_count_as_second_whichever_replica_reviews_them(
    county: County,
) -> None:
    await published(county, "year")
    for _ in range(12):
        await county.a_running_case("2026-03-02")
    runtime = county.harness.runtime("deadlines")
    database = runtime.database
    others = [
        Ticker(SERVICE.name, database, SERVICE.handle, SERVICE.timers, runtime.clock, announced=lambda: None, size=size)
        for size in (2, 3, 5)
    ]
    await set_clock(county.harness, "2026-03-10T09:00")
    await asyncio.gather(*(ticker.tick(CARDS) for ticker in others for _ in range(8)))
    found = await cards(county)
    assert found == {(CENTER, "yellow", "promise"): 12, (CENTER, "red", "second_yellow_in_year"): 11}


async def test_a_revoked_card_makes_no_other_a_second_one(county: County) -> None:
    await published(county, "year")
    await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-10T09:00")
    await cards(county)
    above = county.harness.as_("supervisor", "52")
    [card] = (await above.get("/cards")).json()["items"]
    assert (await above.post(f"/cards/{card['id']}/revoke", {"reason": "系统故障"})).status_code == 200
    await county.a_running_case("2026-03-11")
    await set_clock(county.harness, "2026-03-19T09:00")
    assert await cards(county) == {(CENTER, "yellow", "promise"): 2}
