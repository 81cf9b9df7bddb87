"""What a process exposes to Prometheus. Nothing is global: everything belongs to one `Metrics`."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bianmin.kit.db import Tx

log = structlog.get_logger(__name__)

UNMATCHED = "(unmatched)"
"""The label of requests that match no route."""

ANY = "(any)"
"""The method of requests that are counted together."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LATENESS = (1, 10, 60, 600, 3600, 86400)
_BATCH = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
ENTRANCES = ("http", "events", "timers")
"""Where the commands of a batch come from."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge of one service alone. `read` gives its value as of a day."""

    name: str
    meaning: str
    read: Callable[[Tx, date], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class ServiceMetrics:
    """The figures of one service, set by the part of the kit that knows each."""

    outbox_rows: Gauge
    outbox_age_seconds: Gauge
    events_published: Gauge
    inbox_lag: Gauge
    parked_events: Gauge
    idempotency_keys_deleted: Gauge
    timer_lateness_seconds: Histogram
    batch_commands: Mapping[str, Histogram]
    batch_events: Mapping[str, Histogram]

    def observe_batch(self, entrance: str, commands: int, events: int) -> None:
        """Count one transaction: the commands in it, and the events it announced. `entrance`: see `ENTRANCES`."""
        self.batch_commands[entrance].observe(commands)
        self.batch_events[entrance].observe(events)


class Metrics:
    """A registry with the HTTP figures of the process, and the figures of each service by its name (`services`).

    `own`: the gauges that single services define (`Figure`), by the gauge's name. `hidden_routes`: for the template of
    a route that metrics must not name, the label that its requests are counted under, without method and exact status.
    """

    def __init__(
        self, services: Iterable[str] = (), own: Iterable[Figure] = (), hidden_routes: Mapping[str, str] | None = None
    ) -> None:
        self.hidden_routes = hidden_routes or {}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.latency = Histogram(
            "http_request_duration_seconds",
            "From the request's arrival to the end of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered.", registry=self.registry)
        self.figures_current = Gauge(
            "figures_current", "Whether the gauges of the services are as of this reading.", registry=self.registry
        )
        rows = self._gauge("outbox_rows", "Events stored and not yet published.")
        age = self._gauge("outbox_age_seconds", "How long the oldest of these has waited.")
        published = self._gauge("events_published", "Events published by this process.")
        lag = self._gauge("inbox_lag", "Events published that the service has not taken in yet.")
        parked = self._gauge("parked_events", "Events set aside for a person.")
        deleted = self._gauge("idempotency_keys_deleted", "Idempotency keys deleted by this process after their time.")
        lateness = Histogram(
            "timer_lateness_seconds",
            "How long after it was due a timer was handled.",
            ("service",),
            buckets=_LATENESS,
            registry=self.registry,
        )
        commands = self._batch_histogram("batch_commands", "Commands carried out in one transaction.")
        events = self._batch_histogram("batch_events", "Events announced by one transaction.")
        self.services = {
            name: ServiceMetrics(
                outbox_rows=rows.labels(name),
                outbox_age_seconds=age.labels(name),
                events_published=published.labels(name),
                inbox_lag=lag.labels(name),
                parked_events=parked.labels(name),
                idempotency_keys_deleted=deleted.labels(name),
                timer_lateness_seconds=lateness.labels(name),
                batch_commands={entrance: commands.labels(name, entrance) for entrance in ENTRANCES},
                batch_events={entrance: events.labels(name, entrance) for entrance in ENTRANCES},
            )
            for name in services
        }
        self.own = {figure.name: self._gauge(figure.name, figure.meaning) for figure in own}

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, ("service",), registry=self.registry)

    def _batch_histogram(self, name: str, meaning: str) -> Histogram:
        return Histogram(name, meaning, ("service", "entrance"), buckets=_BATCH, registry=self.registry)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """All figures as bytes, and their media type: the one that `accept` asks for, else Prometheus text."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type

    def install(
        self,
        app: Starlette,
        refresh: Callable[[], Awaitable[None]] | None = None,
        *,
        check: Callable[[Request], None] = lambda request: None,
    ) -> None:
        """Measure the requests of `app` and add `GET /metrics`.

        `refresh` updates the gauges before each reading; `check` refuses who may not read them, by raising.
        """

        async def metrics(request: Request) -> Response:
            check(request)
            if refresh is not None:
                try:
                    await refresh()
                    self.figures_current.set(1)
                except Exception as error:
                    # the figures of this process are needed most when the database is away
                    log.warning("metrics.not_current", error=error)
                    self.figures_current.set(0)
            content, media_type = self.exposition(request.headers.get("accept", ""))
            return Response(content, headers={"content-type": media_type})

        app.add_route("/metrics", metrics, include_in_schema=False)
        app.add_middleware(RequestMetrics, metrics=self)


class RequestMetrics:
    """Pure ASGI middleware that counts and times requests by the template of their route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        # looking a child up by its labels costs more than counting
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        in_flight = self._metrics.in_flight
        in_flight.inc()
        try:
            await self._app(scope, receive, note_status)
        except Exception:
            status = status or 500  # the server makes its own error answer outside of this middleware
            raise
        finally:
            in_flight.dec()
            # without a status the client went away before there was one
            requests, latency = self._children_of(scope, status or 499)
            requests.inc()
            latency.observe(time.perf_counter() - started)

    def _children_of(self, scope: Scope, status: int) -> tuple[Counter, Histogram]:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = template_of(scope)
        children = self._children.get((method, route, status))
        if children is None:
            children = self._children[method, route, status] = self._new_children(method, route, status)
        return children

    def _new_children(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        together = self._metrics.hidden_routes.get(route)
        if together is None:
            return self._metrics.requests.labels(method, route, status), self._metrics.latency.labels(method, route)
        requests = self._metrics.requests.labels(ANY, together, f"{status // 100}xx")
        return requests, self._metrics.latency.labels(ANY, together)


def template_of(scope: Scope) -> str:
    """The template of the route that answered, or `UNMATCHED`. Never the path, of which there are endlessly many.

    For a route of an included router FastAPI keeps the template with the router's prefix beside the route. For a plain
    route or mount it keeps only the endpoint.
    """
    included = scope.get("fastapi", {}).get("effective_route_context")
    holders = (getattr(included, "starlette_route", None), included, scope.get("route"))
    templates = (getattr(holder, "path", None) for holder in holders)
    return next((found for found in templates if found), None) or _plain_template(scope) or UNMATCHED


def _plain_template(scope: Scope) -> str | None:
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return None
    for route in scope["router"].routes:
        if endpoint is getattr(route, "endpoint", None) or endpoint is getattr(route, "app", None):
            return str(route.path)
    return None
