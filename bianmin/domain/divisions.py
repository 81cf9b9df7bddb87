"""Division codes (GB/T 2260 and NBS): their levels, and how they nest. A code begins with those of the divisions above.

The one table of code lengths. `OrgCode` in `events/parts.py` has the same lengths in its pattern.
"""

import re
from collections.abc import Mapping

from bianmin.domain.identifiers import BadCode
from bianmin.events.parts import DeskLevel, OrgLevel

LENGTHS: Mapping[OrgLevel, int] = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12, "point": 14}
"""Digits of a code by its level, the highest first. A point's code is its village's and 2 digits, which are ours."""
_LEVELS: Mapping[int, OrgLevel] = {length: level for level, length in LENGTHS.items()}
_LENGTHS_UPWARD = tuple(sorted(_LEVELS, reverse=True))
_DESK_LEVELS: Mapping[OrgLevel, DeskLevel] = {
    "province": "province",
    "city": "city",
    "county": "county",
    "township": "center",
    "village": "station",
    "point": "point",
}
"""An item names levels by their desks: a center (便民服务中心) is a township's, a station (便民服务站) a village's."""
_DESK_LENGTHS: Mapping[DeskLevel, int] = {_DESK_LEVELS[level]: length for level, length in LENGTHS.items()}
_DIGITS = re.compile(r"[0-9]{2,14}")
# statistics write every code with 12 digits: a township's ends with 000 there
_PADDED = re.compile("..00|.{4}00|.{6}000|.{9}000")


def level_of(code: str) -> OrgLevel:
    """The level of a division code, by its length. Raises `BadCode` where it is no division code."""
    level = _LEVELS.get(len(code))
    if level is None or not _DIGITS.fullmatch(code):
        raise BadCode("division_code", "区划代码应为 2、4、6、9、12 或 14 位数字，不是名称。")
    return level


def check_division_code(code: str) -> None:
    """Check a code that a person or another system has written. Raises `BadCode`, also for one padded with zeros."""
    level_of(code)
    if _PADDED.fullmatch(code):
        detail = "区划代码末尾不补零：省 2 位、市州 4 位、县 6 位、乡镇 9 位、村 12 位；请去掉末尾补的零（如 000）。"
        raise BadCode("division_code_padded", detail)


def desk_level_of(code: str) -> DeskLevel:
    """The level of a division code as items name it. Raises `BadCode`."""
    return _DESK_LEVELS[level_of(code)]


def at_level(code: str, level: DeskLevel) -> str:
    """The code of the division at a level that `code` lies in; `code` itself where it lies above that level."""
    return code[: _DESK_LENGTHS[level]]


def has_offices(code: str) -> bool:
    """Whether a division has an office for each department: from the township up. A station or point has none."""
    return len(code) < LENGTHS["village"]


def ancestors(code: str) -> tuple[str, ...]:
    """The codes of the divisions that `code` lies in, the nearest first. Raises `BadCode`."""
    level_of(code)
    return tuple(code[:length] for length in _LENGTHS_UPWARD if length < len(code))


def parent_of(code: str) -> str | None:
    """The code of the next division above; None above a province. Raises `BadCode`."""
    return next(iter(ancestors(code)), None)
