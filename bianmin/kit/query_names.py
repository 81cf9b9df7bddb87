"""Query names that an endpoint does not have are refused: a misspelt filter would answer another question."""

import difflib
from collections.abc import Collection
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from bianmin.kit.refusals import FieldError, Invalid
from bianmin.kit.validation_errors import pointer_of


def query_names(dependant: Dependant) -> frozenset[str]:
    """The query names of an endpoint and of its dependencies, those of query models included."""
    names: set[str] = set()
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= {field.alias or name for name, field in kind.model_fields.items()}
        else:
            names.add(parameter.alias)
    return frozenset(names).union(*(query_names(each) for each in dependant.dependencies))


def check_query_names(query: bytes, known: Collection[str]) -> None:
    """Raise `Invalid` (422) where a query string has a name that is not known; say which known one is nearest."""
    given = {name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    unknown = sorted(given.difference(known))
    if unknown:
        errors = [
            FieldError(pointer_of(("query", name)), "extra_forbidden", _advice(name, known)) for name in unknown[:50]
        ]
        raise Invalid("地址中有不认识的查询参数，请核对拼写。", errors=errors)


_PAGING = {"page", "pagesize", "pageno", "pagenum", "pageindex", "perpage", "size", "offset", "skip", "start", "rows"}


def _squeezed(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _advice(name: str, known: Collection[str]) -> str:
    if not known:
        return "这个接口没有查询参数；请删去。"
    if "cursor" in known and _squeezed(name) in _PAGING:
        return "没有这个查询参数；分页用 limit（每页几条）和 cursor（上一页答复的 next_cursor）。"
    nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    if nearest:
        return f"没有这个查询参数；是否想写 {nearest[0]}？"
    return f"没有这个查询参数；可用的有 {'、'.join(sorted(known))}。"
