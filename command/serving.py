"""`bianmin up` and `bianmin serve`: all services in one process, or one of them."""

import gc
import sys

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from bianmin.kit import logs
from bianmin.kit.log import Log
from bianmin.kit.process import process
from bianmin.kit.settings import Settings
from command.deployment import SERVICES, Deployment, open_deployment, services_named


async def serve_services(settings: Settings, *, only: str | None = None) -> None:
    """Serve all five services on one port, or one of them, until a signal asks to end.

    A process with all services prepares the private PostgreSQL itself and stops it at the end. Raises `EmbeddedError`
    when that cannot start, `NewerThanProgram` when a database is newer than this program.
    """
    logs.setup("INFO", json=settings.env == "production" or not sys.stderr.isatty())
    together = only is None
    async with open_deployment(settings, own=together) as deployment:
        if together and deployment.private:
            await deployment.migrate()
            await deployment.create_topics()
        else:
            await deployment.refuse_newer(services_named(only))
        async with deployment.log() as event_log:
            await _serve(application(deployment, event_log, only), settings)


def application(deployment: Deployment, event_log: Log, only: str | None = None) -> FastAPI:
    """Return the application that serves all services, or one of them."""
    return process(services_named(only), deployment.settings, event_log, whole=SERVICES)


def tune_garbage_collector() -> None:
    """Exclude the objects that exist now from garbage collection, and collect young objects less often.

    Requests leave few reference cycles. With the defaults the collector took a third of the CPU time of `POST /cases`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def uvicorn_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return a server for the application, not started yet."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=10,
        )
    )


async def _serve(app: FastAPI, settings: Settings) -> None:
    if settings.env == "dev":
        address = f"http://{settings.host}:{settings.port}"
        Console(stderr=True).print(
            f"便民以开发环境（dev）运行：{address}/docs　数据在 {settings.data}/　Ctrl-C 结束", highlight=False
        )
    tune_garbage_collector()
    await uvicorn_server(app, settings).serve()
