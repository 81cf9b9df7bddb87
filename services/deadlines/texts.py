"""What deadlines says to people."""

from collections.abc import Sequence
from datetime import date

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.periods import Entry, Unit

_PERIODS = {
    ("promise", None): "承诺办结期限",
    ("statutory", None): "法定办结期限",
    ("complaint", "acceptance"): "投诉受理告知期限",
    ("complaint", "handling"): "投诉办理期限",
}
_LAMPS = {"green": "尚在期限内。", "yellow": "临近到期，请抓紧办理。", "red": "已经超过期限。"}


def explanation(clock: Clock, ledger: Sequence[Entry], *, capped: bool, recalculated: bool) -> str:
    """A clock in one paragraph for a citizen: how long, from when, how counted, until when, and how it stands.

    `capped`: the law's period ends it before its own. `recalculated`: the calendar is not the one it started with.
    """
    sentences = [
        f"{_PERIODS.get((clock.term.kind, clock.term.stage), '办理期限')}{_length(clock)}，",
        f"自{_day(clock.started_on)}起算。",
        _counted(clock.term.unit, ledger),
        "承诺期限按其单位计算晚于法定期限，以法定期限届满日为准。" if capped else "",
        f"最后一日为{_day(clock.due_on)}，当日24时前均为按期。",
        "该日期涉及国务院尚未公布放假安排的年份，为暂定，公布后可能调整。" if clock.provisional else "",
        "起算之后日历有过更新，以上逐日说明依据现行日历。" if recalculated else "",
        _standing(clock),
    ]
    return "".join(sentences)


def _length(clock: Clock) -> str:
    match clock.term.unit:
        case Unit.WORKDAY:
            return f"为{clock.term.budget}个工作日"
        case Unit.DAY:
            return f"为{clock.term.budget}日（自然日）"
        case Unit.IMMEDIATE:
            return "为当日办结"


def _counted(unit: Unit, ledger: Sequence[Entry]) -> str:
    skipped = sum(not entry.counted for entry in ledger[1:])
    match unit:
        case Unit.WORKDAY:
            rests = f"，其间有{skipped}天休息日不计入" if skipped else ""
            return f"起算当日不计入，周末和法定节假日不计入，调休上班日计入{rests}。"
        case Unit.DAY:
            rolled = f"最后一日遇休息日，顺延{skipped}天。" if skipped else ""
            return f"起算当日不计入，其后逐日连续计算。{rolled}"
        case Unit.IMMEDIATE:
            return ""


def _standing(clock: Clock) -> str:
    if clock.stopped_at is None:
        return _LAMPS[clock.lamp]
    return f"已于{_day(clock.stopped_at.date())}停止计时，{'超过期限' if clock.late else '在期限内'}。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
