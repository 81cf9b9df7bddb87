"""Parse a catalog file, YAML or JSON, and name the line of each mistake."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from bianmin.kit import documents
from bianmin.kit.bodies import holds_unstorable_text
from bianmin.kit.documents import ParsedFile
from bianmin.kit.refusals import FieldError, Invalid
from bianmin.kit.validation_errors import describe_errors
from services.intake.domain.content import Content

_MAX_ITEMS = 5000


class CatalogFaulty(Invalid):
    """A catalog file has mistakes."""

    slug, title = "catalog-faulty", "事项目录有误"


def read_yaml(body: bytes) -> Sequence[Content]:
    """Return the items of a YAML file. Raises `MalformedRequest`, or `CatalogFaulty` with all mistakes."""
    return _items(documents.read_yaml(body))


def read_json(body: bytes) -> Sequence[Content]:
    """Return the items of a JSON file. Raises `MalformedRequest`, or `CatalogFaulty` with all mistakes."""
    return _items(documents.read_json(body))


def _items(document: ParsedFile) -> Sequence[Content]:
    listing = document.value.get("items") if isinstance(document.value, dict) else None
    if not isinstance(listing, list) or not listing:
        raise CatalogFaulty("文件里没有事项：应有 items 列表，每项是一个事项。")
    if len(listing) > _MAX_ITEMS:
        raise CatalogFaulty(f"一次最多导入 {_MAX_ITEMS} 个事项，请分批导入。")
    contents: list[Content] = []
    errors: list[FieldError] = []
    seen: dict[str, int] = {}
    for n, plain in enumerate(listing):
        line = document.line_of(("items", n))
        if holds_unstorable_text(plain):
            detail = f"第 {line} 行：含有无法保存的字符（如 \\0），请删去"
            errors.append(FieldError(f"/items/{n}", "holds_unstorable_text", detail))
            continue
        try:
            content = Content.model_validate(plain)
        except ValidationError as error:
            errors += _errors(document, n, error)
            continue
        if content.code in seen:
            detail = f"第 {line} 行：与第 {seen[content.code]} 行的事项编码重复"
            errors.append(FieldError(f"/items/{n}/code", "duplicate", detail))
        seen.setdefault(content.code, line)
        contents.append(content)
    if errors:
        raise CatalogFaulty("事项目录有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors[:200])
    return contents


def _errors(document: ParsedFile, n: int, failure: ValidationError) -> list[FieldError]:
    """Return the mistakes of an item, each with the line of the innermost value that it concerns."""
    found: list[FieldError] = []
    for error in failure.errors(include_url=False, include_input=False):
        path = ("items", n, *error["loc"])
        for described in describe_errors([{**error, "loc": ("body", *path)}]):
            found.append(replace(described, detail=f"第 {document.line_of(path)} 行：{described.detail}"))
    return found
