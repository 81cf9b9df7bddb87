"""Answers to `GET` that need no body: what the client has already; and where the next page of a list is."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from fastapi import Response
from starlette.types import Scope

_KEPT = ("etag", "cache-control", "vary", "link", "ratelimit", "ratelimit-policy")


def not_modified(headers: Mapping[bytes, bytes], response: Response) -> Response:
    """The response, or `304` without a body where `If-None-Match` names its ETag (RFC 9110 13.1.2)."""
    given = headers.get(b"if-none-match")
    tag = response.headers.get("etag")
    if given is None or tag is None or response.status_code != 200:
        return response
    known = {each.strip().removeprefix("W/") for each in given.decode("latin-1").split(",")}
    if "*" not in known and tag.removeprefix("W/") not in known:
        return response
    return Response(
        status_code=304, headers={name: response.headers[name] for name in _KEPT if name in response.headers}
    )


def path_of(scope: Scope) -> str:
    """The path of a request, as it was sent."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path.decode("latin-1")


def next_page(scope: Scope, cursor: str) -> str:
    """The address of the next page: the request's own, with the cursor."""
    query = [(name, value) for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name != "cursor"]
    return f"{path_of(scope)}?{urlencode([*query, ('cursor', cursor)])}"
