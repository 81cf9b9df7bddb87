"""The OpenAPI documents of a process and of each service, and a page that shows them without the internet."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute

from bianmin.kit.problems import PROBLEM_SCHEMA
from bianmin.kit.service import Service

OPENAPI = "/api/v1/openapi.json"
_ASSETS = "/docs/assets"


def describe(services: Sequence[Service], *, title: str = "便民 Bianmin") -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API of these services together."""
    routes: list[BaseRoute] = [route for service in services for router in service.routers for route in router.routes]
    for route in routes:
        if isinstance(route, APIRoute):
            _complete(route)
    document = get_openapi(
        title=title,
        version="1",
        description="乡镇便民服务中心、村便民服务站的办件、时限、投诉与统计接口。错误一律为 RFC 9457 problem+json。",
        routes=routes,
        tags=[{"name": service.name, "description": service.title} for service in services],
        servers=[{"url": "/"}],
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    return document


def _complete(route: APIRoute) -> None:
    route.operation_id = route.endpoint.__name__
    extra = dict(route.openapi_extra or {})
    extra["security"] = [] if getattr(route, "public", False) else [{"bearer": []}]
    if "POST" in (route.methods or ()):
        extra["parameters"] = [_IDEMPOTENCY_KEY]
    route.openapi_extra = extra


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "maxLength": 200},
    "description": "每次提交一个唯一的值；重试时用同一个值，得到同一个答复。",
}


def install(app: FastAPI, services: Sequence[Service], whole: Sequence[Service]) -> None:
    """Serve the document of the `whole`, one for each service of this process, and the page."""
    app.add_route(OPENAPI, _document_endpoint(lambda: describe(whole)), include_in_schema=False)
    for service in services:
        path, title = f"/api/v1/{service.name}/openapi.json", f"便民 · {service.title}"
        make = partial(describe, [service], title=title)
        app.add_route(path, _document_endpoint(make), include_in_schema=False)

    async def page(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=OPENAPI,
            title="便民 Bianmin 接口",
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon.png",
        )

    app.add_route("/docs", page, include_in_schema=False)
    app.mount(_ASSETS, StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))


def _document_endpoint(make: Callable[[], dict[str, Any]]) -> Callable[[Request], Awaitable[JSONResponse]]:
    """An endpoint whose document is made at its first request: making all at the start took most of the start."""
    document = cache(make)

    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse(await asyncio.to_thread(document))

    return openapi
