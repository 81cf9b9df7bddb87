"""How the API document describes answers: every status that occurs, with its body and headers."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bianmin.kit.problems import SlowRequest, TooLarge, TooMany, UnsupportedMedia, refuses
from bianmin.kit.refusals import Refusal

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "没有变化：If-None-Match 中的 ETag 仍然有效"}}
"""In the `responses` of an endpoint: its answer has an `ETag`, and a client that has it already gets 304."""
_WITH_BODY = ("post", "put", "patch")


def describe_answers(document: dict[str, Any]) -> None:
    """Complete the answers of a document: the errors of the entrance, the headers, equal errors described once."""
    for method, operation in _operations(document):
        _describe_errors(method, operation)
    _describe_headers(document)
    _share_errors(document)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for methods in document["paths"].values():
        yield from methods.items()


def _describe_errors(method: str, operation: dict[str, Any]) -> None:
    """Add what every route answers before its endpoint is called, where the endpoint does not describe it."""
    kinds: list[type[Refusal]] = [SlowRequest, TooLarge, UnsupportedMedia] if method in _WITH_BODY else []
    kinds += [TooMany] if not operation["security"] else []
    described = operation["responses"]
    for status, response in refuses(*kinds).items():
        if str(status) not in described or "application/json" in described[str(status)].get("content", {}):
            described[str(status)] = response  # in place of the errors that FastAPI describes
    operation["responses"] = dict(sorted(described.items()))


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


_HEADERS = {
    "X-Request-Id": _header("本次请求的编号，日志和错误中相同；请求带来的合规编号原样答复", "9f1c2b7a4d5e6f70"),
    "Cache-Control": _header("能否缓存；含个人信息的一律 no-store", "no-store"),
    "ETag": _header("内容的版本；修改时放进 If-Match，再次读取时放进 If-None-Match。没有版本的内容没有它", '"3"'),
    "Location": _header("新内容的地址，或能看到它的地址", "/api/v1/cases/019aca5e-4c20-7b61-9f3e-2d4a6c8e0b17"),
    "Link": _header("下一页的地址，与 next_cursor 相同；最后一页没有", '</api/v1/orgs?cursor=AbC>; rel="next"'),
    "Allow": _header("这个地址可用的方法", "GET, HEAD, OPTIONS, POST"),
    "Retry-After": {"description": "多少秒后再试", "schema": {"type": "integer", "examples": [2]}},
    "WWW-Authenticate": _header("怎样登录；凭证无效时为 invalid_token", 'Bearer error="invalid_token"'),
    "RateLimit": _header("本窗口还可请求几次（r）、几秒后重新计数（t）", '"address";r=0;t=30'),
    "RateLimit-Policy": _header("窗口内最多几次（q）、窗口几秒（w）", '"address";q=600;w=60'),
}
_OF_EVERY_ANSWER = ("X-Request-Id", "Cache-Control")
_LIMITS = ("RateLimit", "RateLimit-Policy")
_NOT_COUNTED = ("401", "405")
"""Answers to requests that do not count against a limit."""
_OF_STATUS = {
    "201": ("Location",),
    "304": ("ETag",),
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "429": ("Retry-After", *_LIMITS),
    "503": ("Retry-After",),
}


def _describe_headers(document: dict[str, Any]) -> None:
    """Add the headers of every answer, and those of single statuses and kinds of answers."""
    used: set[str] = set()
    for method, operation in _operations(document):
        for status, response in operation["responses"].items():
            names = [*_OF_EVERY_ANSWER, *_OF_STATUS.get(status, ())]
            if status < "400":
                names += _of_success(method, status, operation, response)
            if not operation["security"] and status not in _NOT_COUNTED:
                names += [name for name in _LIMITS if name not in names]
            used.update(names)
            response["headers"] = {
                **{name: {"$ref": f"#/components/headers/{name}"} for name in names},
                **response.get("headers", {}),
            }
    document["components"]["headers"] = {name: header for name, header in _HEADERS.items() if name in used}


def _of_success(method: str, status: str, operation: dict[str, Any], response: dict[str, Any]) -> Iterator[str]:
    body = response.get("content", {}).get("application/json", {}).get("schema", {})
    if status != "304" and (method != "get" or "304" in operation["responses"]):
        yield "ETag"
    if body.get("$ref", "").rpartition("/")[2].startswith("Page_"):
        yield "Link"


def _share_errors(document: dict[str, Any]) -> None:
    """Describe the commonest error of each status once, as `Problem404`, and refer to it."""
    answers = [operation["responses"] for _, operation in _operations(document)]
    count = Counter((status, json.dumps(answer)) for each in answers for status, answer in each.items())
    shared: dict[str, str] = {}
    for (status, text), _ in count.most_common():
        if status >= "400":
            shared.setdefault(status, text)
    for each in answers:
        for status, answer in each.items():
            if shared.get(status) == json.dumps(answer):
                each[status] = {"$ref": f"#/components/responses/Problem{status}"}
    found = sorted(shared.items())
    document["components"]["responses"] = {f"Problem{status}": json.loads(text) for status, text in found}
