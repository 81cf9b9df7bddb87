"""The OpenAPI documents of a process and of each service, and a page that shows them without the internet."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from copy import deepcopy
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
from bianmin.kit.answers import describe_answers
from bianmin.kit.endpoints import roles_of
from bianmin.kit.examples import NoExample, example_of
from bianmin.kit.problem_types import problem_schemas
from bianmin.kit.routers import GuardedRoute
from bianmin.kit.service import Service

OPENAPI = "/api/v1/openapi.json"
_ASSETS = "/docs/assets"


def describe(services: Sequence[Service]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API of these services together; that of one has its title."""
    routes: list[BaseRoute] = [route for service in services for router in service.routers for route in router.routes]
    for route in routes:
        if isinstance(route, APIRoute):
            _complete(route)
    document = deepcopy(
        get_openapi(
            title=f"便民 · {services[0].title}" if len(services) == 1 else "便民 Bianmin",
            version="1",
            description=_INTRODUCTION,
            routes=routes,
            tags=[{"name": service.name, "description": service.title} for service in services],
            servers=[{"url": "/"}],
            license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
            contact={"name": "Bianmin maintainers"},
        )
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    bodies = {model for route in routes if isinstance(route, GuardedRoute) and (model := route.json_body)}
    _, definitions = models_json_schema([(model, "validation") for model in bodies], ref_template=_REFERENCE)
    components["schemas"] = {**definitions.get("$defs", {}), **schemas, **problem_schemas()}
    for name in ("HTTPValidationError", "ValidationError"):  # never answered
        components["schemas"].pop(name, None)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["paths"] = {
        path: {method: methods[method] for method in _METHODS if method in methods}
        for path, methods in document["paths"].items()
    }
    _describe_roles(document)
    describe_answers(document)
    _describe_optional_parts_without_null(document)
    _describe_null_as_a_type(document)
    _name_pages_by_their_items(document)
    _drop_defaults_beside_references(document)
    _describe_examples(document)
    return document


_INTRODUCTION = """\
乡镇便民服务中心、村便民服务站的办件、时限、投诉与统计接口。

- 登录：`Authorization: Bearer <JWT>`。每个接口写明谁可以调用；`x-roles` 列出角色，供程序读取。
- 错误一律为 RFC 9457 `application/problem+json`：`type` 给程序判断（ProblemType），`detail` 给人看，说明下一步怎么办。
- 每个 POST 须带 `Idempotency-Key`；超时、408、429、500、503 以后用同一个值重试，不会办两次。
- 日期为 `YYYY-MM-DD`，时刻为带时区的 RFC 3339；业务日按北京时间。
- 列表按页给出，下一页见 `next_cursor` 或 `Link`。
- 带 `ETag` 的内容可用 `If-None-Match` 重读（304），修改须带 `If-Match`。
- 每个 GET 都可以用 HEAD。请求体不压缩。以后只增加字段和错误种类：不认识的请忽略。

---

The API of Bianmin (便民): cases, time limits, complaints and figures of the public service desks of a county.

- Authentication: `Authorization: Bearer <JWT>`. Each operation says who may call it; `x-roles` lists the roles.
  An operation whose `security` is empty needs no token.
- Every error is an RFC 9457 `application/problem+json`. Branch on `type` (schema `ProblemType`; new types will be
  added); `detail` is Chinese text for people, and says what to do next.
- Every POST needs an `Idempotency-Key`. Retry with the same key after a timeout, 408, 429, 500 or 503: there is one
  effect.
- Days are `YYYY-MM-DD`, moments RFC 3339 with an offset; business days are those of UTC+8.
- Lists come in pages: follow `next_cursor`, or `Link` with `rel="next"`. An answer with an `ETag` can be read again
  with `If-None-Match` (304); a change needs `If-Match`.
- Every GET can be asked by HEAD. Bodies are not compressed. Fields are only added: ignore those you do not know.
- `docs/api-en.md` has a line in English for each operation, `docs/problems.md` the types of problems."""
_REFERENCE = "#/components/schemas/{model}"
_METHODS = ("get", "head", "post", "put", "patch", "delete")
"""In the order of the document."""


def _describe_roles(document: dict[str, Any]) -> None:
    """Say in each operation who may call it; `x-roles` lists the roles, for programs."""
    for methods in document["paths"].values():
        for operation in methods.values():
            roles = operation["x-roles"]
            if not operation["security"]:
                who = "不需要登录"
            elif len(roles) < len(ROLES):
                who = f"角色限于{'、'.join(ROLES[role] for role in roles)}"
            else:
                who = "登录即可"
            operation["description"] = f"{operation.get('description', '')}\n\n调用者：{who}。".strip()


def _describe_optional_parts_without_null(document: dict[str, Any]) -> None:
    """Describe a body or parameter that may be left out by its schema alone.

    A generated client would send the absence of a body as JSON, and there is no null in an address.
    """
    for methods in document["paths"].values():
        for operation in methods.values():
            bodies = operation.get("requestBody", {}).get("content", {}).values()
            for part in [*bodies, *operation.get("parameters", [])]:
                schema = part["schema"]
                match schema.get("anyOf"):
                    case [{"$ref": _} as given, {"type": "null"}]:
                        part["schema"] = given
                    case [given, {"type": "null"}]:
                        del schema["anyOf"]
                        part["schema"] = given | schema


def _describe_null_as_a_type(document: dict[str, Any]) -> None:
    """Describe a scalar that may be null as `type: [string, "null"]`, which more generators understand than a union."""
    for part in _objects(document):
        match part.get("anyOf"):
            case [{"type": "string" | "integer" | "number" | "boolean" as kind} as scalar, {"type": "null"}]:
                if not {"enum", "const"} & scalar.keys():
                    del part["anyOf"]
                    part.update({**scalar, **part, "type": [kind, "null"]})


def _describe_examples(document: dict[str, Any]) -> None:
    """Give every body and answer an example, composed of those of its fields, where all of these have one."""
    schemas = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for part in [operation.get("requestBody", {}), *operation["responses"].values()]:
                for media in part.get("content", {}).values():
                    if not {"example", "examples"} & media.keys() and "application/problem+json" not in part["content"]:
                        with contextlib.suppress(NoExample):
                            media["example"] = example_of(media["schema"], schemas)


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
    extra["x-roles"] = list(roles_of(route.dependant) or ROLES)
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
        path = f"/api/v1/{service.name}/openapi.json"
        app.add_route(path, _document_endpoint(partial(describe, [service])), include_in_schema=False)

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
