"""How the API document describes an endpoint whose body is a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from bianmin.kit.endpoints import JSON

_REQUEST_ID = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$", "examples": ["import-2026-11-23"]},
    "description": "调用方给这次请求的编号，1 至 64 个字母、数字或 `.`、`_`、`-`；答复和日志里都有。不填则由系统编号。",
}


def takes_files(
    examples: Mapping[str, str],
    *,
    json: type[BaseModel] | None = None,
    also: Sequence[str] = (),
    large: bool = True,
) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint that takes a file: an example of each media type.

    `json`: the model of the same content as a JSON object; no list, for generated clients tell the kinds of a body
    apart by their class. `also`: media types that are taken and not described. `large`: the limit of imports holds.
    """
    # by `format: binary` generated clients send the bytes as they are, not a JSON text of them
    content: dict[str, Any] = {
        media: {"schema": {"type": "string", "format": "binary"}, "example": example}
        for media, example in examples.items()
    }
    if json is not None:
        content[JSON] = {"schema": {"$ref": f"#/components/schemas/{json.__name__}"}}
    return {
        "x-takes": [*content, *also],
        "x-large": large,
        "x-json-body": json,
        "parameters": [_REQUEST_ID],
        "requestBody": {"required": True, "content": content},
    }
