"""`bianmin up` and `bianmin serve`: all services in one process, or one of them."""

import gc
import sys
from contextlib import AsyncExitStack
from functools import partial

import typer
import uvicorn
from fastapi import FastAPI
from rich.console import Console

from bianmin.kit import logs
from bianmin.kit.log import Log
from bianmin.kit.process import process
from bianmin.kit.settings import Settings
from bianmin.kit.watchdog import EXIT_CODE, Watchdog
from command.deployment import SERVICES, Deployment, open_deployment, services_named
from command.http_protocol import BoundedProtocol


async def serve_services(settings: Settings, *, only: str | None = None) -> None:
    """Serve all five services on one port, or one of them, until a signal asks to end.

    A process with all services prepares the private PostgreSQL itself and stops it at the end. Raises `EmbeddedError`
    when that cannot start, `NewerThanProgram` when a database is newer than this program, `typer.Exit` when the
    watchdog stopped the process.
    """
    logs.setup("INFO", json=settings.env == "production" or not sys.stderr.isatty())
    together = only is None
    async with open_deployment(settings, own=together) as deployment:
        if together and deployment.server is not None:
            await deployment.migrate()
            await deployment.create_topics()
        else:
            await deployment.refuse_newer(services_named(only))
        await serve_deployment(deployment, only=only)


def application(deployment: Deployment, event_log: Log, only: str | None = None) -> FastAPI:
    """Return the application that serves all services, or one of them."""
    return process(services_named(only), deployment.settings, event_log, whole=SERVICES)


KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than pooled clients keep theirs, so that the client closes first."""
_LONGEST_HEADERS = 32 * 1024  # bytes


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
            http=BoundedProtocol,
            ws="none",
            h11_max_incomplete_event_size=_LONGEST_HEADERS,
            proxy_headers=False,  # bianmin.kit.addresses judges X-Forwarded-For
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=10,
        )
    )


async def serve_deployment(deployment: Deployment, *, only: str | None = None) -> None:
    """Serve all services on the deployment, or one of them, until a signal asks to end.

    Raises `typer.Exit` with the code `EXIT_CODE` when the watchdog stopped the process.
    """
    settings = deployment.settings
    async with AsyncExitStack() as stack:
        event_log = await stack.enter_async_context(deployment.log())
        app = application(deployment, event_log, only)
        server = uvicorn_server(app, settings)
        watchdog = Watchdog(
            [deployment.fault, partial(background_fault, app)],
            stop=partial(setattr, server, "should_exit", True),
            is_stopping=lambda: server.should_exit,
        )
        with watchdog:
            _greet(settings)
            tune_garbage_collector()
            await server.serve()
            await stack.aclose()
    if watchdog.reason is not None:
        raise typer.Exit(EXIT_CODE)


def background_fault(app: FastAPI) -> str | None:
    """Return the first fault of the background tasks of the application; None without one."""
    return next((fault for runtime in app.state.runtimes.values() for fault in runtime.faults()), None)


def _greet(settings: Settings) -> None:
    if settings.env == "dev":
        address = f"http://{settings.host}:{settings.port}"
        Console(stderr=True).print(
            f"便民以开发环境（dev）运行：{address}/docs　数据在 {settings.data}/　Ctrl-C 结束", highlight=False
        )
