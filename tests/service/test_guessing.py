"""Nobody guesses a case or a follow code through the public pages, over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.guesses import BY_SOURCE, BY_SUBJECT
from services.complaints.app import SERVICE as COMPLAINTS
from services.intake.app import SERVICE as INTAKE
from tests.harness import Client, Harness, running_harness, statements
from tests.service.intake_builders import COUNTY, ID_NUMBER, STATION, registered, running_intake


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(await migrated([INTAKE]), tmp_path) as harness:
        yield harness


async def statuses(client: Client, path: str, *queries: dict[str, Any]) -> list[int]:
    return [(await client.get(path, **query)).status_code for query in queries]


@pytest.mark.parametrize(("role", "exists"), [(None, True), (None, False), ("window", True), ("admin", False)])
async def test_g26_endings_of_one_case_cannot_be_tried_through_with_or_without_a_token(
    harness: Harness, role: str | None, exists: bool
) -> None:
    case_no = (await registered(harness))["case_no"] if exists else "520111101201-20260101-9999"
    client = harness.nobody if role is None else harness.as_(role, COUNTY)
    tries = [{"case_no": case_no, "id_tail": f"{n:04}"} for n in range(BY_SUBJECT.free + 2)]
    assert await statuses(client, "/track", *tries) == [404] * (BY_SUBJECT.free + 1) + [429]
    right = await client.get("/track", case_no=f" {case_no} ", id_tail=ID_NUMBER[-4:])
    assert right.status_code == 429, "not even the right ending"
    assert int(right.headers["retry-after"]) > 0


async def test_g26_one_ending_cannot_be_tried_at_case_after_case(harness: Harness) -> None:
    tries = [{"case_no": f"{STATION}-20260101-{n:04}", "id_tail": "0011"} for n in range(BY_SOURCE.free + 2)]
    assert await statuses(harness.nobody, "/track", *tries) == [404] * (BY_SOURCE.free + 1) + [429]


async def test_g26_a_rate_of_a_route_holds_with_a_token_too(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url = await migrated([INTAKE, COMPLAINTS])
    async with running_harness(url, [INTAKE, COMPLAINTS], tmp_path, kinds=KINDS, track_rate="2/minute") as harness:
        for path, query in (("/track", {"case_no": "x", "id_tail": "0000"}), ("/complaints/follow", {"code": "x"})):
            assert await statuses(harness.as_("admin", COUNTY), path, query, query, query) == [404, 404, 429]
            assert await statuses(harness.nobody, path, query) == [429], "one address, one limit"


KINDS = (INTAKE.settings, COMPLAINTS.settings)


async def test_g26_a_miss_takes_the_same_statements_whether_the_case_exists_or_not(harness: Harness) -> None:
    case = await registered(harness)
    sent = {}
    for number in (case["case_no"], "520111101201-20260101-9999"):
        with statements(harness.runtime("intake").database) as sent[number]:
            assert (await harness.nobody.get("/track", case_no=number, id_tail="9999")).status_code == 404
    about_cases = ("case_no", "applicant", "timeline")
    first, second = ([each for each in some if any(word in each for word in about_cases)] for some in sent.values())
    assert len(first) == 1
    assert first == second


async def test_g26_the_applicant_asks_as_often_as_he_likes(harness: Harness) -> None:
    case = await registered(harness)
    right = {"case_no": case["case_no"], "id_tail": ID_NUMBER[-4:]}
    assert await statuses(harness.nobody, "/track", *[right] * 30) == [200] * 30


async def test_g26_follow_codes_cannot_be_tried_through(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    async with running_harness(await migrated([COMPLAINTS]), [COMPLAINTS], tmp_path) as harness:
        tries = [{"code": f"CODE{n}"} for n in range(BY_SOURCE.free + 2)]
        for client in (harness.nobody, harness.as_("admin", COUNTY)):
            answers = await statuses(client, "/complaints/follow", *tries)
            assert answers[-1] == 429
