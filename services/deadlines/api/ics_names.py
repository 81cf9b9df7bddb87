"""Names of calendar events: whether they say that the days are off, or worked."""

import re

from services.deadlines.domain.calendar.years import DayKind

_WORK_WORDS = ("上班", "补班")
_OFF_WORDS = ("放假", "假期", "休假", "休息")
_MARKS = {"休": DayKind.OFF, "班": DayKind.WORK}
"""Signs that calendars put in brackets behind the name of a festival."""
_AMBIGUOUS = re.compile(
    "不|没|无|未|勿|免|别|停|取消|推迟|延迟|延期|提前|照常|恢复|值班|轮|错峰|弹性|半天|半日|上午|下午|拟|待定|可能|或"
)
"""A name with one of these may mean the opposite, a part of the day, or some people only."""
_SIMPLIFIED = str.maketrans(
    "補調無別遲復輪擬錯彈後時間節慶國勞動開業營運", "补调无别迟复轮拟错弹后时间节庆国劳动开业营运"
)
"""Traditional signs of the words that count here."""
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")


def kind_of(name: str, marked: DayKind | None) -> DayKind | None:
    """Return whether an event with this name is off or worked; None where the name is ambiguous.

    `marked`: the kind that a property of the event names, None without one; the name must not contradict it. Words
    outside brackets count before those inside: 上班(补春节假期) is worked, to make up for the 假期 inside.
    """
    outside, inside = _split_brackets(name.translate(_SIMPLIFIED))
    if _AMBIGUOUS.search(outside):
        return None
    kinds = _kinds_in(outside)
    if marked is not None:
        return marked if kinds <= {marked} else None
    if _AMBIGUOUS.search(inside):
        return None
    if not kinds:
        kinds = _kinds_in(inside) | {_MARKS[each] for each in inside.split() if each in _MARKS}
    elif _kinds_in(inside) - kinds and not (kinds == {DayKind.WORK} and re.search("补|调", inside)):
        return None
    return kinds.pop() if len(kinds) == 1 else None


def without_kind(name: str) -> str:
    """Return the name as it was before `format_year` added the kind: 春节 for 放假（春节）."""
    for kind in ("上班（", "放假（"):
        if name.startswith(kind) and name.endswith("）"):
            return name.removeprefix(kind).removesuffix("）")
    return name


def _split_brackets(name: str) -> tuple[str, str]:
    """The text outside brackets, and the text inside them."""
    inside = []
    while found := _BRACKETS.search(name):
        inside.append(found.group(1))
        name = name[: found.start()] + " " + name[found.end() :]
    return name, " ".join(inside)


def _kinds_in(text: str) -> set[DayKind]:
    words_of = ((DayKind.WORK, _WORK_WORDS), (DayKind.OFF, _OFF_WORDS))
    return {kind for kind, words in words_of if any(word in text for word in words)}
