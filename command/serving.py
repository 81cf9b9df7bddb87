"""Serving: all services in one process, or one of them."""

import gc
import sys

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from bianmin.kit import logs
from bianmin.kit.log import Log
from bianmin.kit.process import process
from bianmin.kit.settings import Settings
from command.deployment import SERVICES, Deployment, opened


async def serve_all(settings: Settings) -> None:
    """All five services on one port; the private database is made, migrated and, at the end, stopped."""
    _set_up_logs(settings)
    async with opened(settings, own=True) as deployment:
        if deployment.private:
            await deployment.migrate()
            await deployment.make_topics()
        else:
            await deployment.refuse_newer(SERVICES)
        async with deployment.log() as event_log:
            await serve_app(application(deployment, event_log), settings)


async def serve_one(settings: Settings, name: str) -> None:
    """One service with its relay, listener and timers."""
    _set_up_logs(settings)
    async with opened(settings) as deployment:
        await deployment.refuse_newer([service for service in SERVICES if service.name == name])
        async with deployment.log() as event_log:
            await serve_app(application(deployment, event_log, name), settings)


def application(deployment: Deployment, event_log: Log, *names: str) -> FastAPI:
    """The application of the named services; of all where none is named."""
    chosen = [service for service in SERVICES if not names or service.name in names]
    return process(chosen, deployment.settings, event_log, whole=SERVICES)


def spare_the_collector() -> None:
    """Have Python's garbage collector leave what the start built alone, and look at the young less often.

    Requests leave little in cycles; without this it took a third of the CPU time of `POST /cases`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def server_of(app: FastAPI, settings: Settings) -> uvicorn.Server:
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


async def serve_app(app: FastAPI, settings: Settings) -> None:
    """Serve until a signal asks to end."""
    if settings.env == "dev":
        where = f"http://{settings.host}:{settings.port}"
        Console(stderr=True).print(
            f"便民以开发环境（dev）运行：{where}/docs　数据在 {settings.data}/　Ctrl-C 结束", highlight=False
        )
    spare_the_collector()
    await server_of(app, settings).serve()


def _set_up_logs(settings: Settings) -> None:
    logs.setup("INFO", json=settings.env == "production" or not sys.stderr.isatty())
