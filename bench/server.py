"""A server process to be measured: services as in `bianmin serve`, and one additional endpoint.

    python -m bench.server URL DATA PORT PROFILE SERVICE...

The endpoint does what `POST /cases` does except for storing: the same checks of the request (token, Idempotency-Key,
size, encoding), the same body model, the same check of id number and phone, and an answer of the same shape and length.
It is not part of the product.
"""

import asyncio
import cProfile
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import uvloop
from fastapi import Response

from bianmin.domain import identifiers
from bianmin.kit import logs
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.process import process
from bianmin.kit.routers import staff_router
from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from command.serving import tune_garbage_collector, uvicorn_server
from services.intake.api.bodies import Registration
from services.intake.api.views.cases import RegisteredView
from services.intake.api.views.materials import MaterialView, ReceiptView

NOTHING_STORED = "/bench/cases"
router = staff_router("intake")


@router.post(NOTHING_STORED, status_code=201, response_model=RegisteredView)
async def check_only(
    body: Registration,
    context: Annotated[RequestContext, context_for("window", "agent", "manager", "citizen", "integrator")],
) -> Response:
    """Authenticate, validate and answer."""
    identifiers.document_number(body.applicant.id_type, body.applicant.id_number, context.today)
    if body.applicant.phone is not None:
        identifiers.phone(body.applicant.phone)
    return respond(_answer(body, context.now), 1, status=201)


def _answer(body: Registration, now: datetime) -> RegisteredView:
    case_no = f"{body.org}-{now:%Y%m%d}-0001"
    receipt = ReceiptView(
        case_no=case_no,
        org=body.org,
        item="临时救助（小额）",
        received_on=now.date(),
        issued_at=now,
        materials=[
            MaterialView(no=each.no, name="居民身份证", required=True, source="applicant", brought=each.form)
            for each in body.materials
        ],
    )
    return RegisteredView(id=new_id(), case_no=case_no, status="registered", missing=[], receipt=receipt, clocks=[])


async def serve(settings: Settings, names: list[str]) -> None:
    """Serve the named services until a signal asks to end."""
    logs.setup("INFO", json=True)
    chosen = [each for each in SERVICES if each.name in names]
    chosen = [replace(each, routers=(*each.routers, router)) if each.name == "intake" else each for each in chosen]
    database = log_database(settings.log_database(), pool=8)
    event_log = PostgresLog(database)
    try:
        app = process(chosen, settings, event_log)
        tune_garbage_collector()
        await uvicorn_server(app, settings).serve()
    finally:
        await event_log.close()
        await database.close()


def main(url: str, data: str, port: str, profile: str, *names: str) -> None:
    """Serve the named services; write a cProfile result to `profile` unless that is empty."""
    kinds = [service.settings for service in SERVICES]
    # all requests come from one address
    given = {"data": Path(data), "database_url": url, "port": int(port), "track_rate": "1000000/minute"}
    settings = Settings.load({}, kinds=kinds, **given)
    serving = serve(settings, list(names))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if not profile:
            runner.run(serving)
            return
        profiler = cProfile.Profile()
        try:
            profiler.runcall(runner.run, serving)
        finally:
            profiler.dump_stats(profile)


if __name__ == "__main__":
    main(*sys.argv[1:])
