"""The metrics of a process for Prometheus."""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from bianmin.kit.metrics import UNMATCHED, Metrics, RequestMetrics

Labels = frozenset[tuple[str, str]]


def samples(metrics: Metrics, name: str) -> dict[Labels, float]:
    text = metrics.exposition()[0].decode()
    return {
        frozenset(sample.labels.items()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def counted(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    """Requests by method, route and status."""
    found = samples(metrics, "http_requests_total")
    named = {labels: dict(labels) for labels in found}
    return {(named[each]["method"], named[each]["route"], named[each]["status"]): found[each] for each in found}


async def receive() -> Message:
    return {"type": "http.request"}


async def send(message: Message) -> None:
    pass


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["intake", "routing"])


@pytest.fixture
def county(metrics: Metrics) -> Iterator[TestClient]:
    """An application with every way in which a route may be there."""
    inner = APIRouter(prefix="/cases")

    @inner.get("/{case_id}")
    def one(case_id: str) -> str:
        return case_id

    @inner.post("/{case_id}/accept")
    def accept(case_id: str) -> str:
        raise HTTPException(409)

    @inner.get("/{case_id}/broken")
    def broken(case_id: str) -> str:
        raise RuntimeError

    outer = APIRouter(prefix="/api/v1")
    outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    flat = APIRouter(prefix="/flat")
    flat.add_api_route("/{case_id}", one)
    app.router.routes.extend(flat.routes)
    app.router.routes.append(Route("/healthz", PlainTextResponse("alive")))
    app.router.routes.append(Mount("/assets", PlainTextResponse("a picture")))
    metrics.install(app)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_requests_are_counted_by_the_template_of_their_route(county: TestClient, metrics: Metrics) -> None:
    for case_id in range(20):
        county.get(f"/api/v1/cases/{case_id}")
        county.get(f"/flat/{case_id}")
        county.get(f"/assets/{case_id}.png")
        county.get(f"/healthz?{case_id}")
    assert counted(metrics) == {
        ("GET", "/api/v1/cases/{case_id}", "200"): 20,
        ("GET", "/flat/{case_id}", "200"): 20,
        ("GET", "/assets", "200"): 20,
        ("GET", "/healthz", "200"): 20,
    }


def test_unknown_paths_share_one_label(county: TestClient, metrics: Metrics) -> None:
    for path in ("/wp-admin", "/api/v1/nothing/1", "/api/v1/nothing/2", "/%E5%BC%A0"):
        county.get(path)
    assert counted(metrics) == {("GET", UNMATCHED, "404"): 4}


def test_unknown_methods_share_one_label(county: TestClient, metrics: Metrics) -> None:
    county.request("BREW", "/api/v1/cases/1")
    county.request("WHEN", "/api/v1/cases/1")
    assert counted(metrics) == {("OTHER", "/api/v1/cases/{case_id}", "405"): 2}


def test_refusals_and_crashes_are_counted_as_what_the_client_saw(county: TestClient, metrics: Metrics) -> None:
    county.post("/api/v1/cases/1/accept")
    county.get("/api/v1/cases/1/broken")
    assert counted(metrics) == {
        ("POST", "/api/v1/cases/{case_id}/accept", "409"): 1,
        ("GET", "/api/v1/cases/{case_id}/broken", "500"): 1,
    }


def test_every_request_is_timed_and_none_stays_in_flight(county: TestClient, metrics: Metrics) -> None:
    county.get("/api/v1/cases/1")
    county.get("/api/v1/cases/1/broken")
    assert sum(samples(metrics, "http_request_duration_seconds_count").values()) == 2
    assert samples(metrics, "http_requests_in_flight") == {frozenset(): 0}


def test_a_request_is_in_flight_until_its_answer_is_complete(metrics: Metrics) -> None:
    seen: list[float] = []

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        seen.extend(samples(metrics, "http_requests_in_flight").values())
        await send({"type": "http.response.body", "body": b""})

    asyncio.run(RequestMetrics(streaming, metrics)({"type": "http", "method": "GET", "path": "/"}, receive, send))
    assert seen == [1]


def test_a_client_that_disconnects_before_the_answer_is_counted_apart(metrics: Metrics) -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    async def ask() -> None:
        with pytest.raises(asyncio.CancelledError):
            await RequestMetrics(never, metrics)({"type": "http", "method": "GET", "path": "/"}, receive, send)

    asyncio.run(ask())
    assert counted(metrics) == {("GET", UNMATCHED, "499"): 1}


def test_gauges_are_read_again_for_each_scrape(metrics: Metrics) -> None:
    waiting = iter([3, 0])

    async def look() -> None:
        metrics.services["intake"].outbox_rows.set(next(waiting))

    app = Starlette(routes=[Route("/", PlainTextResponse("home"))])
    metrics.install(app, look)
    with TestClient(app) as client:
        first, second = client.get("/metrics"), client.get("/metrics")
    assert first.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'outbox_rows{service="intake"} 3.0' in first.text
    assert 'outbox_rows{service="intake"} 0.0' in second.text


def test_when_gauges_cannot_be_read_the_answer_says_so_and_has_the_rest(metrics: Metrics) -> None:
    away = True

    async def look() -> None:
        if away:
            raise ConnectionError

    app = Starlette(routes=[Route("/", PlainTextResponse("home"))])
    metrics.install(app, look)
    with TestClient(app) as client:
        client.get("/")
        answer = client.get("/metrics")
        away = False
        later = client.get("/metrics")
    assert answer.status_code == 200
    assert 'http_requests_total{method="GET",route="/",status="200"} 1.0' in answer.text
    assert "figures_current 0.0" in answer.text
    assert "figures_current 1.0" in later.text


def test_each_service_has_metrics_of_its_own(metrics: Metrics) -> None:
    metrics.services["intake"].outbox_age_seconds.set(12)
    metrics.services["routing"].parked_events.set(1)
    metrics.services["routing"].inbox_lag.set(5)
    metrics.services["routing"].timer_lateness_seconds.observe(59)
    assert samples(metrics, "outbox_age_seconds")[frozenset({("service", "intake")})] == 12
    assert samples(metrics, "outbox_age_seconds")[frozenset({("service", "routing")})] == 0
    lateness = samples(metrics, "timer_lateness_seconds_bucket")
    late = {dict(labels)["le"]: value for labels, value in lateness.items() if ("service", "routing") in labels}
    assert (late["10.0"], late["60.0"]) == (0, 1)


def test_two_applications_in_one_process_do_not_share_metrics() -> None:
    one, other = Metrics(["intake"]), Metrics(["intake"])
    one.services["intake"].parked_events.set(1)
    assert samples(other, "parked_events") == {frozenset({("service", "intake")}): 0}


def test_a_scraper_that_asks_for_openmetrics_gets_it(metrics: Metrics) -> None:
    content, media_type = metrics.exposition("application/openmetrics-text; version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    assert content.endswith(b"# EOF\n")
