"""Refusals: why a command is not carried out. No HTTP here; `problems` answers them as problem+json."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """An error in one field. `pointer` is a JSON pointer (RFC 6901); `detail` never repeats the value."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """A command was refused. `detail` is for the person at the desk and says what to do next."""

    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


class NotFound(Refusal):
    """The thing does not exist, or the actor may not see it: the two answers are the same."""

    slug = "not-found"
    title = "没有找到"


class Forbidden(Refusal):
    """The actor may see the thing, but not do this."""

    slug = "forbidden"
    title = "无权办理"


class DeskOnly(Forbidden):
    """The request says what only a desk can know, and its actor is at none."""

    slug, title = "desk-only", "限窗口填写"


class Conflict(Refusal):
    """The command does not fit the present state."""

    slug = "conflict"
    title = "当前状态不能办理"


class Invalid(Refusal):
    """The command is well-formed, but its content is wrong."""

    slug = "invalid"
    title = "填报内容有误"
