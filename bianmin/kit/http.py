"""What every answer has, whatever made it: a request id, safe headers, `HEAD` as `GET` without the body, `Allow`."""

import os
import re

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bianmin.kit.logs import about
from bianmin.kit.settings import Settings

REQUEST_ID = "X-Request-Id"
ANSWER_HEADERS = "bianmin.headers"
"""Where a route puts headers into the scope that its answer has, be it a refusal."""
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SHORTEST_COMPRESSED = 1000  # bytes
_ASKED = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", REQUEST_ID, "traceparent"]
_EXPOSED = ["Allow", "ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", REQUEST_ID]


def install(app: FastAPI, settings: Settings) -> None:
    """Add compression, the headers of every answer, and CORS for the origins of `BIANMIN_CORS_ORIGINS`."""
    app.add_middleware(GZipMiddleware, minimum_size=_SHORTEST_COMPRESSED, compresslevel=5)
    app.add_middleware(CommonHeaders)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=_ASKED,
            expose_headers=_EXPOSED,
            max_age=600,
        )


class CommonHeaders:
    """Pure ASGI middleware: request id in log lines and answer, `nosniff`, no caching unless the endpoint says so.

    A `HEAD` request is answered like `GET`, without the body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        is_head = scope["method"] == "HEAD"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers[REQUEST_ID] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.update(scope.get(ANSWER_HEADERS, {}))
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if is_head:
            scope["method"] = "GET"  # in place: the route is recorded in the same scope, for the metrics
        with about(request_id=request_id):
            await self._app(scope, receive, send_with_headers)


def allowed_methods(request: Request) -> str:
    """The methods that the address of a request has, of all services of the process, as in `Allow`; empty for none."""
    methods: set[str] = set()
    for route in request.app.router.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods | {"OPTIONS"})) if methods else ""


def _request_id(scope: Scope) -> str:
    """The client's `X-Request-Id` where it is well-formed (1 to 64 letters, digits, `.`, `_`, `-`), else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED.fullmatch(value):
            return str(value, "ascii")
    return os.urandom(8).hex()


__all__ = ["CommonHeaders", "allowed_methods", "install"]
