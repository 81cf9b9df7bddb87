"""The types of problems: which refusals there are, as a schema and with their meaning in English."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bianmin.kit.problems import status_of
from bianmin.kit.refusals import Refusal

PREFIX = "urn:bianmin:problem:"
_PROGRAMS = ("bianmin.", "services.", "command.")


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One type of problem. `titles` are Chinese, as answered; `meanings` English. Several refusals may share a type."""

    slug: str
    status: int
    titles: tuple[str, ...]
    meanings: tuple[str, ...]


def problem_types() -> list[ProblemType]:
    """Return the types of all refusals of the services that are imported, by status and name.

    Raises ValueError for a type that has two statuses.
    """
    found: dict[str, ProblemType] = {}
    for kind in sorted(_kinds(Refusal), key=lambda each: (each.__module__, each.__name__)):
        status, meaning = status_of(kind), _meaning(kind)
        known = found.get(kind.slug, ProblemType(kind.slug, status, (), ()))
        if known.status != status:
            raise ValueError(f"the problem {kind.slug} has the statuses {known.status} and {status}")
        titles = dict.fromkeys((*known.titles, kind.title))
        found[kind.slug] = ProblemType(kind.slug, status, tuple(titles), (*known.meanings, meaning))
    return sorted(found.values(), key=lambda each: (each.status, each.slug))


def problem_schemas() -> dict[str, Any]:
    """Return the schemas `Problem` and `ProblemType` of the API document.

    `Problem.type` is no enumeration: the generated clients of today must read the types of tomorrow.
    """
    names = [PREFIX + each.slug for each in problem_types()]
    return {"Problem": _PROBLEM, "ProblemType": {**_PROBLEM_TYPE, "enum": names}}


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        if hasattr(kind, "slug") and kind.__module__.startswith(_PROGRAMS):
            yield kind
        yield from _kinds(kind)


def _meaning(kind: type[Refusal]) -> str:
    """The first line of a docstring, without the status or `Raised when` before it."""
    line = (
        (kind.__doc__ or "")
        .strip()
        .partition("\n")[0]
        .removeprefix(f"{status_of(kind)}: ")
        .removeprefix("Raised when ")
    )
    return line[:1].upper() + line[1:]


_PROBLEM_TYPE = {
    "title": "ProblemType",
    "type": "string",
    "description": "现有的错误种类，供客户端分支判断（含义见 docs/problems.md）。以后会增加：不认识的种类按状态码处理。"
    "\n\nThe types of problems there are today, to branch on. New ones will be added: "
    "treat a type that you do not know by its status.",
    "examples": [f"{PREFIX}materials-missing"],
}
_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "错误（RFC 9457）。按 `type` 分支判断，`detail` 给人看。",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {
            "type": "string",
            "title": "Type",
            "description": "错误种类，URN；现有的见 ProblemType，以后会增加，不认识的按状态码处理",
            "examples": [f"{PREFIX}invalid"],
        },
        "title": {"type": "string", "title": "Title", "description": "种类的中文名称", "examples": ["填报内容有误"]},
        "status": {"type": "integer", "title": "Status", "description": "HTTP 状态码", "examples": [422]},
        "detail": {
            "type": "string",
            "title": "Detail",
            "description": "出了什么问题、下一步怎么办，中文，可以直接显示",
            "examples": ["填报内容有误，请按 errors 逐项更正后重新提交。"],
        },
        "instance": {
            "type": "string",
            "title": "Instance",
            "description": "请求的路径",
            "examples": ["/api/v1/cases"],
        },
        "request_id": {
            "type": "string",
            "title": "Request Id",
            "description": "本次请求的编号，与答复头 X-Request-Id、日志相同；报告问题时请附上",
            "examples": ["9f1c2b7a4d5e6f70"],
        },
        "errors": {
            "type": "array",
            "title": "Errors",
            "description": "逐项的错误；不能归到某一项的没有这一项",
            "items": {
                "title": "ProblemItem",
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "title": "Pointer",
                        "description": "哪一项：请求体中的 JSON Pointer；查询参数为 query:名称",
                        "examples": ["/applicant/id_number"],
                    },
                    "code": {
                        "type": "string",
                        "title": "Code",
                        "description": "错误的代码，供程序判断",
                        "examples": ["citizen_id_check"],
                    },
                    "detail": {
                        "type": "string",
                        "title": "Detail",
                        "description": "错在哪里、怎样更正，中文，可以直接显示",
                        "examples": ["身份证号的校验位不对；请对照证件逐位核对。"],
                    },
                },
            },
        },
    },
}
