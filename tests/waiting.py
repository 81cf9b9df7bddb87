"""Waiting, over HTTP, until processes that a test started are ready."""

import time
from collections.abc import Sequence

import httpx2

START_SECONDS = 90


def wait_until_ready(bases: Sequence[str]) -> None:
    """Return when the process at each address is ready. Fails after `START_SECONDS`."""
    deadline = time.monotonic() + START_SECONDS
    with httpx2.Client(timeout=5) as http:
        for base in bases:
            while not _is_ready(http, base):
                assert time.monotonic() < deadline, f"{base} did not start within {START_SECONDS} s"
                time.sleep(0.1)


def _is_ready(http: httpx2.Client, base: str) -> bool:
    try:
        return http.get(f"{base}/readyz").status_code == 200
    except httpx2.HTTPError:
        return False
