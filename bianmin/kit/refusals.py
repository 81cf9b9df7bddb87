"""Ways of saying no that a desk understands. No HTTP here: `problems` makes these problem+json."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON pointer (RFC 6901); `detail` never repeats the value."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """A decision not to do something. `detail` is for the person at the desk and says what to do next."""

    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


class NotFound(Refusal):
    """Not there, or not to be seen by whoever asks: the two look the same."""

    slug = "not-found"
    title = "没有找到"


class Forbidden(Refusal):
    """Seen, but not theirs to do."""

    slug = "forbidden"
    title = "无权办理"


class Conflict(Refusal):
    """Not in this state."""

    slug = "conflict"
    title = "当前状态不能办理"


class Invalid(Refusal):
    """Well-formed, but wrong."""

    slug = "invalid"
    title = "填报内容有误"
