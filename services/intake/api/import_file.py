"""Parse a catalog file, YAML or JSON, and name the line of each mistake. JSON is parsed as YAML."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from bianmin.kit.bodies import holds_unstorable_text
from bianmin.kit.problems import MalformedRequest
from bianmin.kit.refusals import FieldError, Invalid
from bianmin.kit.validation_errors import describe_error
from services.intake.domain.content import Content

_MAX_ITEMS = 5000


class CatalogFaulty(Invalid):
    """A catalog file has mistakes."""

    slug, title = "catalog-faulty", "事项目录有误"


class _Loader(yaml.SafeLoader):
    """Builds plain values. Dates stay texts. References are refused: with them a small file can grow without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "alias", mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(body: bytes, *, is_json: bool) -> list[Content]:
    """Return the items of a file.

    Raises `MalformedRequest` when it is no YAML or JSON, `CatalogFaulty` with all mistakes.
    """
    root = _compose(_as_yaml(body) if is_json else body)
    listing = _member(root, "items")
    if not isinstance(listing, yaml.SequenceNode) or not listing.value:
        raise CatalogFaulty("文件里没有事项：应有 items 列表，每项是一个事项。")
    if len(listing.value) > _MAX_ITEMS:
        raise CatalogFaulty(f"一次最多导入 {_MAX_ITEMS} 个事项，请分批导入。")
    contents: list[Content] = []
    errors: list[FieldError] = []
    seen: dict[str, int] = {}
    for n, node in enumerate(listing.value):
        plain = _plain(node)
        if holds_unstorable_text(plain):
            detail = f"第 {node.start_mark.line + 1} 行：含有无法保存的字符（如 \\0），请删去"
            errors.append(FieldError(f"/items/{n}", "holds_unstorable_text", detail))
            continue
        try:
            content = Content.model_validate(plain)
        except ValidationError as error:
            errors += [_field_error(n, node, each) for each in error.errors(include_url=False, include_input=False)]
            continue
        line = node.start_mark.line + 1
        if content.code in seen:
            detail = f"第 {line} 行：与第 {seen[content.code]} 行的事项编码重复"
            errors.append(FieldError(f"/items/{n}/code", "duplicate", detail))
        seen.setdefault(content.code, line)
        contents.append(content)
    if errors:
        raise CatalogFaulty("事项目录有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors[:200])
    return contents


_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


def _as_yaml(body: bytes) -> bytes:
    """Return the JSON as YAML of the same lines: without tabs and surrogate pairs, which YAML does not know."""
    try:
        text = body.decode("utf-8-sig")
        json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"第 {error.lineno} 行：不是正确的 JSON。") from error
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("文件不是正确的 UTF-8 JSON。") from error
    whole = _SURROGATES.sub(lambda found: found[1] + json.loads(f'"{found[2]}"'), text)
    return whole.replace("\t", " ").encode("utf-8")


def _compose(body: bytes) -> yaml.Node:
    try:
        text = body.decode("utf-8-sig")
        root = yaml.compose(text, _Loader)
    except UnicodeDecodeError as error:
        raise MalformedRequest("文件不是 UTF-8 编码。") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        why = "不支持引用（& 和 *）" if error.problem == "alias" else "不是正确的 YAML 或 JSON"
        raise MalformedRequest(f"第 {line} 行：{why}。") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise MalformedRequest("文件不是正确的 YAML 或 JSON。") from error
    if root is None:
        raise MalformedRequest("文件是空的。")
    return root


def _plain(node: yaml.Node) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None
    finally:
        loader.dispose()


def _member(node: yaml.Node | None, name: str | int) -> yaml.Node | None:
    match node:
        case yaml.MappingNode():
            return next((value for key, value in node.value if getattr(key, "value", None) == name), None)
        case yaml.SequenceNode() if isinstance(name, int) and name < len(node.value):
            child: yaml.Node = node.value[name]
            return child
    return None


def _field_error(n: int, item: yaml.Node, error: Any) -> FieldError:
    """Return a mistake with the line of the innermost node that it concerns."""
    node: yaml.Node = item
    path: Sequence[str | int] = error["loc"]
    for step in path:
        inner = _member(node, step)
        if inner is None:
            break
        node = inner
    described = describe_error({**error, "loc": ("body", "items", n, *path)})
    return replace(described, detail=f"第 {node.start_mark.line + 1} 行：{described.detail}")
