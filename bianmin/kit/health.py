"""Health endpoints: whether a process is alive, and whether it can serve requests."""

import time
from collections.abc import Mapping

from fastapi import FastAPI, Request
from pydantic_core import to_json
from sqlalchemy import text
from starlette.responses import Response

from bianmin.kit import migrations
from bianmin.kit.runtime import ServiceRuntime

MAX_POLL_SILENCE = 30.0
"""Seconds without a poll of the event log after which a process is not ready."""


def install(app: FastAPI, runtimes: Mapping[str, ServiceRuntime]) -> None:
    """Add `/healthz` (restart the process when it fails) and `/readyz` (send requests while it is 200)."""
    migrated: set[str] = set()

    async def healthz(request: Request) -> Response:
        failed = [fault for runtime in runtimes.values() for fault in runtime.faults()]
        return _answer({"status": "ok" if not failed else "failed", "tasks": failed}, not failed)

    async def readyz(request: Request) -> Response:
        faults = {
            name: reason for name, runtime in runtimes.items() if (reason := await _fault_of(name, runtime, migrated))
        }
        return _answer({"status": "ready" if not faults else "not ready", "services": faults}, not faults)

    app.add_route("/healthz", healthz, include_in_schema=False)
    app.add_route("/readyz", readyz, include_in_schema=False)


async def _fault_of(name: str, runtime: ServiceRuntime, migrated: set[str]) -> str | None:
    if faults := runtime.faults():
        return ", ".join(faults)
    try:
        if name not in migrated:
            if await migrations.pending(runtime.service, runtime.database):
                return "database not migrated: run `bianmin migrate`"
            migrated.add(name)
        async with runtime.database.reading() as tx:
            await tx.execute(text("SELECT 1"))
    except migrations.NewerThanProgram:
        return "database newer than this program: upgrade the program"
    except Exception as error:
        return f"database: {type(error).__name__}"
    if runtime.service.listens and time.monotonic() - runtime.subscriber.last_poll > MAX_POLL_SILENCE:
        return "event log: not reached"
    return None


def _answer(body: dict[str, object], healthy: bool) -> Response:
    return Response(to_json(body), 200 if healthy else 503, media_type="application/json")
