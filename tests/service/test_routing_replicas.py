"""Two replicas of routing on one database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path

import pytest

from services.routing.app import SERVICE
from tests.service.routing_county import CENTER, County, a_county

Pair = tuple[County, County]


@pytest.fixture
async def pair(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Pair]:
    url = await migrated([SERVICE])
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(a_county(url, tmp_path)) for _ in range(2)]
        yield first, second


async def test_each_task_is_received_and_completed_once(pair: Pair) -> None:
    first, _ = pair
    tasks = [await first.open_task(await first.accept_case()) for _ in range(10)]
    clerks = [
        harness.as_("window", CENTER, "civil", sub=f"S-{n}")
        for n, harness in zip(range(20), cycle(county.harness for county in pair), strict=False)
    ]
    received = await asyncio.gather(*(clerk.post(f"/tasks/{task}/receive") for task in tasks for clerk in clerks))
    assert sorted(answer.status_code for answer in received) == [200] * 10 + [409] * 190
    bodies = [(clerk, f"/tasks/{task}/complete", {"opinion": "agree"}) for task in tasks for clerk in clerks]
    done = await asyncio.gather(*(clerk.post(path, body) for clerk, path, body in bodies))
    assert [answer.status_code for answer in done].count(200) == 10
    assert {answer.status_code for answer in done} <= {200, 403, 409}
    names = [event.data.event_name for event in await first.announced() if event.data is not None]
    assert names.count("task.received") == names.count("task.completed") == 10


async def test_simultaneous_imports_at_two_replicas_create_each_org_once(pair: Pair) -> None:
    answers = await asyncio.gather(*(county.import_orgs() for county in pair for _ in range(3)))
    assert sorted(answer.json()["created"] for answer in answers) == [0, 0, 0, 0, 0, 7]
    assert len(await pair[0].announced()) == 7


async def test_a_case_is_either_decided_or_withdrawn(pair: Pair) -> None:
    first, second = pair
    cases = [await first.accept_case() for _ in range(8)]
    for case in cases:
        await first.complete_open_task(case, first.reviewer, "agree")
    tasks = [await first.open_task(case) for case in cases]
    for task in tasks:
        await second.decider.post(f"/tasks/{task}/receive")
    decisions = asyncio.gather(
        *(second.decider.post(f"/tasks/{task}/complete", {"opinion": "grant"}) for task in tasks)
    )
    withdrawals = first.request_withdrawal(*cases)
    answers, _ = await asyncio.gather(decisions, withdrawals)
    for case, answer in zip(cases, answers, strict=True):
        names = await first.event_names(case)
        granted = answer.status_code == 200
        assert ("case.granted" in names) == granted
        assert ("case.withdrawn" in names) != granted
        assert ("case.withdrawal_rejected" in names) == granted


async def test_the_same_idempotency_key_at_two_replicas_gets_the_same_answer(pair: Pair) -> None:
    task = await pair[0].open_task(await pair[0].accept_case())
    reviewers = [county.reviewer for county in pair]
    answers = await asyncio.gather(*(who.post(f"/tasks/{task}/receive", key="once") for who in reviewers * 3))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert answers[0].json()["status"] == "received"
