"""What the name of a calendar event says: that these days are off, or that they are worked."""

import re

from services.deadlines.domain.calendar.years import Kind

_WORKED = ("上班", "补班")
_OFF = ("放假", "假期", "休假", "休息")
_MARKS = {"休": Kind.OFF, "班": Kind.WORK}
"""What calendars put behind the name of a festival, in brackets."""
_DOUBTFUL = re.compile(
    "不|没|无|未|勿|免|别|停|取消|推迟|延迟|延期|提前|照常|恢复|值班|轮|错峰|弹性|半天|半日|上午|下午|拟|待定|可能|或"
)
"""A name with one of these may say the opposite, something of a part of the day, or of some people only."""
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")


def kind_of(name: str, marked: Kind | None) -> Kind | None:
    """None where it is not beyond doubt. `marked`: what the event is marked as, whatever its name is.

    What is said outside brackets counts: 上班(补春节假期) is worked, to make up for the 假期 inside. A mark has to
    agree with it.
    """
    outside, inside = _apart(name)
    if _DOUBTFUL.search(outside):
        return None
    said = _words(outside)
    if marked is not None:
        return marked if said <= {marked} else None
    if _DOUBTFUL.search(inside):
        return None
    if not said:
        said = _words(inside) | {_MARKS[each] for each in inside.split() if each in _MARKS}
    elif _words(inside) - said and not (said == {Kind.WORK} and re.search("补|调", inside)):
        return None
    return said.pop() if len(said) == 1 else None


def plain(name: str) -> str:
    """The name as it was before it was written: 放假（春节） is 春节."""
    for kind in ("上班（", "放假（"):
        if name.startswith(kind) and name.endswith("）"):
            return name.removeprefix(kind).removesuffix("）")
    return name


def _apart(name: str) -> tuple[str, str]:
    """What is said outside brackets, and inside them."""
    inside = []
    while found := _BRACKETS.search(name):
        inside.append(found.group(1))
        name = name[: found.start()] + " " + name[found.end() :]
    return name, " ".join(inside)


def _words(text: str) -> set[Kind]:
    said = ((Kind.WORK, _WORKED), (Kind.OFF, _OFF))
    return {kind for kind, words in said if any(word in text for word in words)}
