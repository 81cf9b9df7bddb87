"""Waiting, over HTTP, until every event has arrived everywhere."""

import asyncio
import re

import httpx2

_FIGURE = re.compile(r'^(outbox_rows|inbox_lag)\{service="(\w+)"\} ([0-9.e+]+)$', re.MULTILINE)


async def quiet_services(*bases: str) -> None:
    """Return when outboxes are empty and nobody lags behind, seen twice: who took something in may announce more."""
    async with asyncio.timeout(120), httpx2.AsyncClient(timeout=20) as http:
        calm = 0
        while calm < 2:
            figures = await asyncio.gather(*(http.get(f"{base}/metrics") for base in bases))
            found = [_FIGURE.findall(answer.text) for answer in figures]
            assert all(found), "each process tells its figures"
            busy = any(float(value) for process in found for _, _, value in process)
            calm = 0 if busy else calm + 1
            await asyncio.sleep(0.05)
