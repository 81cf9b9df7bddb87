"""A clock as an SVG image: a row for each month, readable on a phone, in print, and without colours."""

import html
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from bianmin.domain.text import xml_text
from services.deadlines.domain.clocks.breakdown import BreakdownDay, DayMark

WIDTH = 400  # a phone shows it at about its own size; print scales it
MOST_MONTHS = 24
"""Of a longer period the first and the last months are drawn, and the number of those between is written."""

_MARGIN, _LABEL, _STEP, _ROW, _LINE = 8, 60, 10.7, 24, 15
_CELL = 8.8, 14.0
_CHARACTERS = 34  # in a line of text
_DARK, _PALE = "#1f6f54", "#ffffff"

_LOOKS: Mapping[DayMark, tuple[str, str, str]] = {
    # its name in the legend, its colour, and a sign that tells it apart without colours
    "start": ("起算日", _PALE, "M1.9 7a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0"),
    "counted": ("计入", _DARK, ""),
    "make_up": ("调休上班，计入", _DARK, "M4.4 4V10M1.4 7H7.4"),
    "rest": ("休息日，不计入", _PALE, ""),
    "paused": ("暂停，不计入", _PALE, "M0 5L5 0M0 10L8.8 1.2M0.8 14L8.8 6M5.8 14L8.8 11"),
    "closed": ("不在开放时间，不计入", _PALE, "M3 7H5.8"),
    "rolled": ("期满后的日子", _PALE, "M1 7H7.8"),
}
_STYLE = (
    "text{font-family:sans-serif;fill:#1b1b1b;font-size:11px}"
    ".h{font-size:14px;font-weight:bold}.s{font-size:9px;fill:#555}"
    ".d{stroke:#8a8a8a;stroke-width:.6}.g{fill:none;stroke:#333;stroke-width:1}.w{stroke:#fff;stroke-width:1.4}"
    ".due{fill:none;stroke:#c02418;stroke-width:2}.now{fill:#1b1b1b}.out{fill:#bbb}"
)


def clock_svg(title: str, lines: Sequence[str], days: Sequence[BreakdownDay], due_on: date | None, today: date) -> str:
    """Return an SVG of the days of a clock, with `title` and `lines` above them.

    `days`: every day, in order. `due_on`: the last day of the period, None while the clock is paused.
    """
    wrapped = [line[n : n + _CHARACTERS] for line in lines for n in range(0, len(line), _CHARACTERS)]
    months = [(key, list(group)) for key, group in groupby(days, key=lambda each: (each.date.year, each.date.month))]
    top = _MARGIN + 20 + _LINE * len(wrapped) + 16
    parts = [
        _tag("rect", width=WIDTH, height="100%", fill=_PALE),
        _text(_MARGIN, _MARGIN + 14, title, "h"),
        *(_text(_MARGIN, _MARGIN + 32 + _LINE * n, line) for n, line in enumerate(wrapped)),
        *(_text(_x(day), top - 4, str(day), "s") for day in (1, 5, 10, 15, 20, 25, 30)),
    ]
    y = float(top)
    left_out = len(months) - MOST_MONTHS
    today_is_drawn = False
    for n, (month, entries) in enumerate(months):
        if left_out > 0 and MOST_MONTHS // 2 <= n < MOST_MONTHS // 2 + left_out:
            if n == MOST_MONTHS // 2:
                parts.append(_text(_LABEL, y + 14, f"……其间 {left_out} 个月从略……", "s"))
                y += _ROW
            continue
        parts += _month(y, month, entries, due_on, today)
        today_is_drawn |= month == (today.year, today.month)
        y += _ROW
    marks = [mark for mark in _LOOKS if any(each.mark == mark for each in days)]
    if not today_is_drawn:
        parts.append(_text(_LABEL, y + 14, f"今天是 {today}，不在图中", "s"))
        y += _ROW
    legend = list(_legend(marks, due_on, today_is_drawn))
    for n, (sign, name) in enumerate(legend):
        x, line = _MARGIN + (n % 2) * WIDTH / 2, y + 10 + 19 * (n // 2)
        parts += [_at(x, line, sign), _text(x + 16, line + 11, name)]
    height = y + 10 + 19 * ((len(legend) + 1) // 2) + _MARGIN
    head = [_tag("title", escape(title)), _tag("desc", escape("；".join(lines))), _tag("style", _STYLE)]
    return _tag(
        "svg",
        "".join([*head, *parts]),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        width="100%",
        role="img",
    )


def _month(
    y: float, month: tuple[int, int], entries: Sequence[BreakdownDay], due_on: date | None, today: date
) -> Iterator[str]:
    yield _text(_MARGIN, y + 13, f"{month[0]}.{month[1]:02}")
    by_day = {each.date.day: each for each in entries}
    for number in range(1, monthrange(*month)[1] + 1):
        x, day = _x(number), date(*month, number)
        if number in by_day:
            tooltip = _tag("title", escape(f"{day} {by_day[number].reason}"))
            yield _at(x, y + 2, _cell(by_day[number].mark), tooltip)
        else:
            yield _tag("circle", cx=f"{x + _CELL[0] / 2:.1f}", cy=f"{y + 9:.1f}", r="1", **{"class": "out"})
        if day == due_on:
            yield _at(x, y + 2, _due_sign(), id="due")
        if day == today:
            yield _at(x, y + 2, _TODAY_SIGN, id="today")


def _legend(marks: Sequence[DayMark], due_on: date | None, today_is_drawn: bool) -> Iterator[tuple[str, str]]:
    for mark in marks:
        yield _cell(mark), _LOOKS[mark][0]
    if due_on is not None:
        yield _due_sign(), "最后一日"
    if today_is_drawn:
        yield _at(0, -8, _TODAY_SIGN), "今天"


def _cell(mark: DayMark) -> str:
    _, ground, sign = _LOOKS[mark]
    box = _tag("rect", width=_CELL[0], height=_CELL[1], fill=ground, **{"class": f"d {mark}"})
    return box + (_tag("path", d=sign, **{"class": "g w" if ground == _DARK else "g"}) if sign else "")


def _due_sign() -> str:
    return _tag("rect", x="-1", y="-1", width=_CELL[0] + 2, height=_CELL[1] + 2, **{"class": "due"})


_TODAY_SIGN = '<path class="now" d="M4.4 15.5L8 20.5H.8Z"/>'


def _at(x: float, y: float, *elements: str, id: str | None = None) -> str:
    with_id = {} if id is None else {"id": id}
    return _tag("g", "".join(elements), transform=f"translate({x:.1f} {y:.1f})", **with_id)


def _x(day: int) -> float:
    return _LABEL + (day - 1) * _STEP


def _text(x: float, y: float, text: str, kind: str | None = None) -> str:
    return _tag("text", escape(text), x=f"{x:.1f}", y=f"{y:.1f}", **({} if kind is None else {"class": kind}))


def _tag(name: str, inner: str = "", /, **attributes: object) -> str:
    written = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def escape(text: str) -> str:
    """Return the text as XML holds it, whatever an older program has stored."""
    return html.escape(xml_text(text))
