"""One process: its services, with one event log, one time source and one HTTP application."""

import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request
from starlette.routing import Route

from bianmin.kit import dev, docs, health, http, problems
from bianmin.kit.addresses import client_address, contains
from bianmin.kit.auth import INVALID, Tokens, wrong_secret_text
from bianmin.kit.crypto import Sealer
from bianmin.kit.log import Log
from bianmin.kit.metrics import Metrics
from bianmin.kit.refusals import Forbidden
from bianmin.kit.runtime import ServiceRuntime
from bianmin.kit.service import Service
from bianmin.kit.settings import Settings
from bianmin.kit.time_source import TimeSource


def process(
    services: Sequence[Service], settings: Settings, event_log: Log, *, whole: Sequence[Service] = ()
) -> FastAPI:
    """The application that serves these services. It opens nothing before its lifespan begins.

    `whole`: the services that the OpenAPI document describes, these by default. The caller closes the log, after the
    application.
    """
    clock = TimeSource()
    sealer = Sealer(settings.data_keys())
    secret_file = settings.token_secret_file()
    wrong_secret = INVALID if secret_file is None else wrong_secret_text(secret_file)
    tokens = Tokens(settings.token_secret(), leeway=settings.jwt_leeway_seconds, wrong_secret=wrong_secret)
    runtimes = {each.name: ServiceRuntime(each, settings, event_log, clock, sealer, tokens) for each in services}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for runtime in runtimes.values():
                runtime.start()
                stack.push_async_callback(runtime.stop)
            yield

    app = FastAPI(
        title="便民 Bianmin",
        version="1",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.runtimes = runtimes
    app.state.clock = clock
    problems.install(app)
    http.install(app, settings)
    docs.install(app, services, whole or services)  # before the services: `/complaints/{complaint_id}` would match, too
    for service in services:
        for router in service.routers:
            # not as an included router: its layer would match every request a second time
            app.router.routes.extend(router.routes)
    health.install(app, runtimes)
    if settings.env == "dev":
        dev.install(app, clock, tokens)
    hidden_routes = {route: f"({each.name})" for each in services if each.hides_routes for route in _templates(each)}
    metrics = Metrics(runtimes, [figure for service in services for figure in service.figures], hidden_routes)
    for name, runtime in runtimes.items():
        runtime.ticker.late = metrics.services[name].timer_lateness_seconds.observe
        runtime.observe_batches(metrics.services[name].observe_batch)

    async def refresh() -> None:
        for name, runtime in runtimes.items():
            await runtime.measure(metrics.services[name])
            for figure, value in (await runtime.own_figures()).items():
                metrics.own[figure].labels(name).set(value)

    def check_operator(request: Request) -> None:
        # an address that a proxy unknown to us stands for is not the operator's
        forwarded = "x-forwarded-for" in request.headers and not settings.trusted_proxies
        address = client_address(request, settings.trusted_proxies)
        if not forwarded and (address is None or contains(settings.metrics_networks, address)):
            return
        token = settings.metrics_token
        given = request.headers.get("authorization", "").encode()
        if token is None or not hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode()):
            raise Forbidden("指标只对运维网段开放（BIANMIN_METRICS_NETWORKS），或凭 BIANMIN_METRICS_TOKEN 读取。")

    metrics.install(app, refresh, check=check_operator)
    return app


def _templates(service: Service) -> list[str]:
    return [route.path for router in service.routers for route in router.routes if isinstance(route, Route)]
