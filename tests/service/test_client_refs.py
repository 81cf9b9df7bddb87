"""A client's own reference protects it from registering one matter twice, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit import migrations
from bianmin.kit.db import Database, rows, run
from services.intake.app import SERVICE
from tests.harness import Client, Harness, running_harness
from tests.service.intake_builders import CENTER, COUNTY, STATION, a_registration, count, registered, running_intake


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> str:
    return await migrated([SERVICE])


@pytest.fixture
async def harness(database: str, tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(database, tmp_path) as harness:
        yield harness


def partner(harness: Harness, sub: str = "bank", dept: str | None = None) -> Client:
    return harness.as_("integrator", COUNTY, dept, sub=sub)


def from_partner(**changes: Any) -> dict[str, Any]:
    return a_registration(**{"channel": "partner", "client_ref": "B-2026/17", **changes})


async def test_g14_a_reference_is_good_for_one_case_of_its_client_and_the_refusal_names_that_case(
    harness: Harness,
) -> None:
    first = await partner(harness).post("/cases", from_partner())
    assert first.status_code == 201, first.text
    again = await partner(harness).post("/cases", from_partner())
    assert (again.status_code, again.json()["type"]) == (409, "urn:bianmin:problem:client-ref-used")
    assert first.json()["case_no"] in again.json()["detail"]
    assert first.json()["id"] in again.json()["errors"][0]["detail"]
    assert again.json()["errors"][0]["pointer"] == "/client_ref"
    assert (await partner(harness, "another bank").post("/cases", from_partner())).status_code == 201
    assert (await partner(harness).post("/cases", from_partner(client_ref="B-2026/18"))).status_code == 201
    assert await count(harness, "cases") == 3


async def test_g14_a_refused_registration_does_not_use_up_its_reference(harness: Harness) -> None:
    assert (await partner(harness).post("/cases", from_partner(item_code="NO-001"))).status_code == 422
    assert (await partner(harness).post("/cases", from_partner())).status_code == 201


async def test_g14_the_refusal_does_not_name_a_case_that_the_client_may_not_see(harness: Harness) -> None:
    """The item is of another department than the client's."""
    land = partner(harness, dept="land")
    first = (await land.post("/cases", from_partner())).json()
    again = await land.post("/cases", from_partner())
    assert again.status_code == 409
    assert first["case_no"] not in again.text
    assert first["id"] not in again.text


async def test_g14_of_many_registrations_at_once_one_is_done_in_one_batch_and_at_two_replicas(
    database: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(running_intake(database, tmp_path))
        second = await stack.enter_async_context(running_harness(database, [SERVICE], tmp_path))
        answers = await asyncio.gather(
            *(partner(replica).post("/cases", from_partner()) for replica in [first, second] * 10)
        )
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
        [case] = [answer.json() for answer in answers if answer.status_code == 201]
        assert all(case["case_no"] in answer.text for answer in answers)
        assert await count(first, "cases") == 1


async def test_g14_cases_are_found_by_their_reference(harness: Harness) -> None:
    case = (await partner(harness).post("/cases", from_partner())).json()
    await registered(harness)
    await registered(harness, client_ref="B-2026/170")
    for reader in (partner(harness), harness.as_("window", CENTER)):
        found = (await reader.get("/cases", client_ref="B-2026/17")).json()["items"]
        assert [each["id"] for each in found] == [case["id"]]
    assert (await harness.as_("window", CENTER).get("/cases", client_ref="B")).json()["items"] == []
    assert (await harness.as_("citizen", STATION).get("/cases", client_ref="B-2026/17")).json()["items"] == []


async def test_g14_cases_of_an_older_program_under_one_reference_stay_and_the_first_is_named(
    harness: Harness, database: str
) -> None:
    """The database goes back to the revision before, with a repeated reference in it."""
    cases = [(await partner(harness).post("/cases", from_partner(client_ref=ref))).json() for ref in ("1", "2", "3")]
    intake = Database(database, "intake")
    async with intake.transaction() as tx:
        await run(tx, "DROP INDEX uq_cases_client_ref_registered_by")
        await run(tx, "ALTER TABLE cases DROP COLUMN client_ref_repetition")
        await run(tx, "ALTER TABLE cases DROP COLUMN refusal_filing")
        await run(tx, "DROP TABLE refusal_filing")
        await run(tx, "UPDATE cases SET client_ref = 'twice' WHERE client_ref IN ('1', '2')")
        await run(tx, "UPDATE alembic_version SET version_num = '0004'")
    await migrations.upgrade(SERVICE, intake)
    async with intake.reading() as tx:
        found = await rows(tx, "SELECT id::text, client_ref_repetition FROM cases ORDER BY id")
    await intake.close()
    assert [tuple(row) for row in found] == [(cases[0]["id"], 0), (cases[1]["id"], 1), (cases[2]["id"], 0)]
    listed = (await partner(harness).get("/cases", client_ref="twice")).json()["items"]
    assert [each["id"] for each in listed] == [cases[1]["id"], cases[0]["id"]]
    refused = await partner(harness).post("/cases", from_partner(client_ref="twice"))
    assert refused.status_code == 409
    assert cases[0]["case_no"] in refused.text


async def test_a_retried_request_is_answered_as_before_its_reference_was_used(harness: Harness) -> None:
    actor = partner(harness)
    first, again = [await actor.post("/cases", from_partner(), key="once") for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
