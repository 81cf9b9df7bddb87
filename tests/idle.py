"""Waiting, over HTTP, until every event has arrived everywhere."""

import asyncio
import os
import re
from pathlib import Path

import httpx2

_GAUGE = re.compile(r'^(outbox_rows|inbox_lag)\{service="(\w+)"\} ([0-9.e+]+)$', re.MULTILINE)


async def wait_until_idle(*bases: str) -> None:
    """Return when the metrics of these processes show empty outboxes and no lag, twice in a row.

    Twice, because a service that took an event in may announce another one.
    """
    async with asyncio.timeout(120), httpx2.AsyncClient(timeout=20, headers=_metrics_headers()) as http:
        idle = 0
        while idle < 2:
            answers = await asyncio.gather(*(http.get(f"{base}/metrics") for base in bases))
            gauges = [_GAUGE.findall(answer.text) for answer in answers]
            assert all(gauges), "each process shows both gauges"
            busy = any(float(value) for process in gauges for _, _, value in process)
            idle = 0 if busy else idle + 1
            await asyncio.sleep(0.05)


def _metrics_headers() -> dict[str, str]:
    """The token that the composed system asks of who reads its metrics from elsewhere."""
    path = os.environ.get("BIANMIN_TEST_METRICS_TOKEN_FILE")
    return {"Authorization": f"Bearer {Path(path).read_text().strip()}"} if path else {}


def published_events(metrics: str) -> int:
    """The number of events that a process has published, from the text of its metrics."""
    return sum(int(float(value)) for value in _PUBLISHED.findall(metrics))


_PUBLISHED = re.compile(r'^events_published\{service="\w+"\} ([0-9.e+]+)$', re.MULTILINE)
