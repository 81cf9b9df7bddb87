"""The OpenAPI documents of a process and of each service, and a page that shows them without the internet."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute

from bianmin.domain.labels_zh import ROLES
from bianmin.kit.endpoints import roles_of
from bianmin.kit.problems import PROBLEM_SCHEMA, TooLarge, TooMany, UnsupportedMedia, refuses
from bianmin.kit.refusals import Refusal
from bianmin.kit.routers import GuardedRoute
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
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        contact={"name": "Bianmin maintainers"},
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    bodies = {model for route in routes if isinstance(route, GuardedRoute) and (model := route.json_body)}
    _, definitions = models_json_schema([(model, "validation") for model in bodies], ref_template=_REFERENCE)
    components["schemas"] = {**definitions.get("$defs", {}), **schemas}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["paths"] = {
        path: {method: methods[method] for method in _METHODS if method in methods}
        for path, methods in document["paths"].items()
    }
    _describe_errors_of_the_entrance(document)
    _describe_roles(document)
    _describe_headers(document)
    _describe_errors_as_problems(document)
    _describe_optional_bodies_without_null(document)
    _name_pages_by_their_items(document)
    _drop_defaults_beside_references(document)
    return document


_REFERENCE = "#/components/schemas/{model}"
_METHODS = ("get", "head", "post", "put", "patch", "delete")
"""In the order of the document."""


def _describe_errors_of_the_entrance(document: dict[str, Any]) -> None:
    """Add what every route answers before its endpoint is called, where the endpoint does not describe it."""
    for methods in document["paths"].values():
        for method, operation in methods.items():
            kinds: list[type[Refusal]] = [TooLarge, UnsupportedMedia] if method in _WITH_BODY else []
            kinds += [TooMany] if not operation["security"] else []
            for status, response in refuses(*kinds).items():
                operation["responses"].setdefault(str(status), response)
            operation["responses"] = dict(sorted(operation["responses"].items()))


_WITH_BODY = ("post", "put", "patch")


def _describe_roles(document: dict[str, Any]) -> None:
    """Say in each operation who may call it; `x-roles` lists the roles, for programs."""
    for methods in document["paths"].values():
        for operation in methods.values():
            roles = operation.get("x-roles")
            if not operation["security"]:
                who = "不需要登录"
            elif roles:
                who = f"角色限于{'、'.join(ROLES[role] for role in roles)}"
            else:
                who = "登录即可"
            operation["description"] = f"{operation.get('description', '')}\n\n调用者：{who}。".strip()


def _describe_headers(document: dict[str, Any]) -> None:
    """Add the headers of every answer, and those of single statuses."""
    used: set[str] = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                names = [*_OF_EVERY_ANSWER, *_OF_STATUS.get(status, ())]
                used.update(names)
                response["headers"] = {
                    **{name: {"$ref": f"#/components/headers/{name}"} for name in names},
                    **response.get("headers", {}),
                }
    document["components"]["headers"] = {name: header for name, header in _HEADERS.items() if name in used}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


_HEADERS = {
    "X-Request-Id": _header("本次请求的编号，日志和错误中相同；请求带来的合规编号原样答复", "9f1c2b7a4d5e6f70"),
    "Cache-Control": _header("能否缓存；含个人信息的一律 no-store", "no-store"),
    "Retry-After": {"description": "多少秒后再试", "schema": {"type": "integer", "examples": [2]}},
    "WWW-Authenticate": _header("怎样登录；凭证无效时为 invalid_token", 'Bearer error="invalid_token"'),
    "RateLimit": _header("本窗口还可请求几次（r）、几秒后重新计数（t）", '"address";r=0;t=30'),
    "RateLimit-Policy": _header("窗口内最多几次（q）、窗口几秒（w）", '"address";q=600;w=60'),
}
_OF_EVERY_ANSWER = ("X-Request-Id", "Cache-Control")
_OF_STATUS = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After", "RateLimit", "RateLimit-Policy"),
    "503": ("Retry-After",),
}


def _describe_errors_as_problems(document: dict[str, Any]) -> None:
    """Replace the errors that FastAPI describes by those that are answered."""
    for methods in document["paths"].values():
        for operation in methods.values():
            invalid = operation["responses"].get("422", {})
            if "application/json" in invalid.get("content", {}):
                invalid["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _describe_optional_bodies_without_null(document: dict[str, Any]) -> None:
    """Describe a body that may be left out by its schema alone: a generated client would send the absence as JSON."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                match media["schema"]:
                    case {"anyOf": [schema, {"type": "null"}]}:
                        media["schema"] = schema


def _name_pages_by_their_items(document: dict[str, Any]) -> None:
    """Call `Page[CaseSummary]`, which FastAPI names `Page_CaseSummary_`, `CaseSummaryPage`."""
    schemas = document["components"]["schemas"]
    names = {name: f"{found[1]}Page" for name in schemas if (found := _PAGE.fullmatch(name))}
    for old, new in names.items():
        schemas[new] = {**schemas.pop(old), "title": new}
    references = {f"#/components/schemas/{old}": f"#/components/schemas/{new}" for old, new in names.items()}
    for part in _objects(document):
        if part.get("$ref") in references:
            part["$ref"] = references[part["$ref"]]


_PAGE = re.compile(r"Page_(\w+)_")


def _drop_defaults_beside_references(node: Any) -> None:
    """Drop the default of a property that refers to another schema: clients in Java and Go do not compile with it."""
    for part in _objects(node):
        if "$ref" in part:
            part.pop("default", None)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """The JSON objects in a document, the outer ones first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def _complete(route: APIRoute) -> None:
    route.operation_id = route.endpoint.__name__
    extra = dict(route.openapi_extra or {})
    extra["security"] = [] if getattr(route, "public", False) else [{"bearer": []}]
    if roles := roles_of(route.dependant):
        extra["x-roles"] = list(roles)
    if "POST" in (route.methods or ()):
        others = [each for each in extra.get("parameters", []) if each is not _IDEMPOTENCY_KEY]
        extra["parameters"] = [_IDEMPOTENCY_KEY, *others]
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
