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
            busy = 0.0
            for base in bases:
                figures = (await http.get(f"{base}/metrics")).text
                found = _FIGURE.findall(figures)
                assert found, "the process tells its figures"
                busy += sum(float(value) for _, _, value in found)
            calm = calm + 1 if busy == 0 else 0
            await asyncio.sleep(0.1)
