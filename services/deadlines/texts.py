"""Chinese texts of deadlines for citizens and staff."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bianmin.domain.labels_zh import PROCEDURES, UNITS
from services.deadlines.domain.calendar.years import DayKind, YearStatus
from services.deadlines.domain.clocks.breakdown import ANY_PROCEDURE, BreakdownDay, DayMark
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.domain.clocks.clock import Clock, ClockState, SubjectPause
from services.deadlines.domain.lifecycle.card import SECOND_IN_CASE, SECOND_IN_YEAR, Card, CardStatus
from services.deadlines.domain.periods.period import CutOff, Unit
from services.deadlines.domain.terms.policy import CardRule
from services.deadlines.domain.terms.term import SecondYellow

_PERIODS = {
    ("completeness", None): "一次性告知期限",
    ("completeness", "supplement"): "补正材料的期限",
    ("delivery", None): "送达期限",
    ("step", None): "环节办理期限",
    ("card", None): "黄牌要求的办结期限",
    ("promise", None): "承诺办结期限",
    ("statutory", None): "法定办结期限",
    ("complaint", "acceptance"): "投诉受理告知期限",
    ("complaint", "return"): "提出退回的期限",
    ("complaint", "handling"): "投诉办理期限",
    ("complaint", "review_request"): "申请复查的期限",
    ("complaint", "review"): "投诉复查期限",
    ("complaint", "rereview_request"): "申请复核的期限",
    ("complaint", "rereview"): "投诉复核期限",
    ("hotline", None): "热线工单办理期限",
    ("hotline", "return"): "退回热线工单的期限",
    ("rating", None): "差评回访期限",
    ("rectification", None): "整改期限",
}
_LAMPS = {"green": "尚在期限内。", "yellow": "临近到期，请抓紧办理。", "red": "已经超过期限。"}
CARD_STATUSES: Mapping[CardStatus, str] = {
    "issued": "已发出",
    "appealed": "已申诉",
    "upheld": "已维持",
    "revoked": "已撤销",
}
CARD_RULES: Mapping[CardRule, str] = {"none": "不发牌", "yellow": "发黄牌", "red": "发红牌"}
SECOND_YELLOWS: Mapping[SecondYellow, str] = {
    "case": "同一办件第二张黄牌",
    "year": "十二个月内第二张黄牌",
    "none": "不因第二张黄牌发红牌",
}
CLOCK_STATES: Mapping[ClockState, str] = {"running": "计时中", "paused": "暂停", "stopped": "已停止"}
DAY_MARKS: Mapping[DayMark, str] = {
    "start": "起算日，不计入",
    "counted": "计入",
    "make_up": "调休上班，计入",
    "rest": "休息日，不计入",
    "paused": "暂停，不计入",
    "closed": "不在开放时间，不计入",
    "rolled": "期限已满，顺延",
}
DAY_KINDS: Mapping[DayKind, str] = {DayKind.OFF: "放假", DayKind.WORK: "调休上班"}
YEAR_STATUSES: Mapping[YearStatus, str] = {YearStatus.OFFICIAL: "已公布", YearStatus.ESTIMATED: "推定"}
CUT_OFFS: Mapping[CutOff, str] = {CutOff.MIDNIGHT: "当日 24 时", CutOff.CLOSE: "当日下班时"}
RECOUNT_STATES: Mapping[str, str] = {"ordered": "等待开始", "running": "正在重新计算", "done": "已完成"}


def card_reason(card: Card) -> str:
    """Return why a card was issued."""
    colour = {"yellow": "黄牌", "red": "红牌"}[card.level]
    if card.reason == SECOND_IN_CASE:
        return f"{colour}：同一办件中第二次被发黄牌。"
    if card.reason == SECOND_IN_YEAR:
        return f"{colour}：十二个月内第二次被发黄牌。"
    missed = (
        "未按黄牌要求限期办结" if card.kind == "card" else f"{_PERIODS.get((card.kind, None), '办理期限')}届满未办结"
    )
    return f"{colour}：{missed}。"


def name_of(clock: Clock) -> str:
    """Return the name of a clock."""
    kind, stage = clock.term.kind, clock.term.stage
    if kind == "procedure" and stage is not None:
        return f"{PROCEDURES.get(stage, ANY_PROCEDURE)}预计所需的期限"
    return _PERIODS.get((kind, stage)) or _PERIODS.get((kind, None)) or "办理期限"


def summary_lines(clock: Clock, pauses: Sequence[SubjectPause], *, without_grace: date | None = None) -> list[str]:
    """Return a clock in a few short lines, without full stops. `without_grace`: as in `explanation`."""
    lines = [
        f"{_length(clock).removeprefix('为')}，自{_start(clock)}起算",
        *([f"已依法延长{clock.extended_by}{UNITS[clock.term.unit]}"] if clock.extended_by else []),
        *(_pause(each, clock) for each in pauses if _took_time(each, clock)),
        _grace(without_grace),
        _until(clock),
        _state(clock),
    ]
    return [line.removesuffix("。") for line in lines if line]


def explanation(
    clock: Clock,
    days: Sequence[BreakdownDay],
    pauses: Sequence[SubjectPause] = (),
    due_changes: Sequence[DueDateChange] = (),
    *,
    capped: bool,
    recalculated: bool,
    without_grace: date | None = None,
) -> str:
    """Return a clock in one paragraph for a citizen: how long it is, from when, how it is counted, until when.

    `days`: the period day by day. `capped`: the statutory period ends it before its own. `recalculated`: `days` are
    by another calendar than the one that the clock was calculated by. `without_grace`: the day on which it would have
    ended without days of grace; None without grace.
    """
    sentences = [
        f"{name_of(clock)}{_length(clock)}，",
        f"自{_start(clock)}起算。",
        _how_counted(clock.term.unit, [day for day in days[1:] if without_grace is None or day.date <= without_grace]),
        "单独计算晚于法定期限，以法定期限届满日为准。" if capped else "",
        *(_pause(each, clock) for each in pauses if _took_time(each, clock)),
        *(_due_change(each, clock) for each in due_changes),
        _grace(without_grace),
        _until(clock),
        "起算之后日历有过更新，以上逐日说明依据现行日历。" if recalculated else "",
        _state(clock),
    ]
    return "".join(sentences)


def _took_time(pause: SubjectPause, clock: Clock) -> bool:
    """Whether the pause took time from the clock."""
    ended = pause.pause.until
    started_before = clock.stopped_at is None or pause.pause.since < clock.stopped_at
    return bool(clock.period.pauses) and started_before and (ended is None or ended > clock.period.start)


def _pause(pause: SubjectPause, clock: Clock) -> str:
    """Periods in days are paused by whole days, periods in hours by the moment."""
    name = PROCEDURES.get(pause.reason, ANY_PROCEDURE)
    since, until = pause.pause.since, pause.pause.until
    of_time = clock.term.unit.is_of_time
    first, last = [at and (_moment(at) if of_time else _day(at.date())) for at in (since, until)]
    span = f"{first}起" if last is None else f"{first}当日" if first == last else f"{first}至{last}"
    counts = "其间的时间不计入" if of_time else "首尾两日在内，均不计入"
    rule = "不计入" if first == last or last is None else counts
    but = "（下班以后才暂停的，首日照计）" if not of_time and clock.term.cut_off is CutOff.CLOSE else ""
    return f"{span}因{name}（{pause.legal_basis}）暂停，{rule}{but}。"


def _grace(without_grace: date | None) -> str:
    if without_grace is None:
        return ""
    return f"重新计算后，最后一日本应为{_day(without_grace)}，算出时该日已过，依规定宽限到下述日期。"


_WHY = {"calendar": "放假安排调整", "policy": "办理时限规定调整", "law": "法定期限变动"}


def _due_change(change: DueDateChange, clock: Clock) -> str:
    on = _day(change.moved_at.date())
    why = f"依法延长{change.extended_by}{UNITS[clock.term.unit]}" if change.extended_by else f"因{_WHY[change.reason]}"
    if change.previous_due_on is None or change.due_on is None or change.previous_due_on == change.due_on:
        return f"{on}{why}。"
    return f"{on}{why}，最后一日由{_day(change.previous_due_on)}改为{_day(change.due_on)}。"


def _length(clock: Clock) -> str:
    match clock.term.unit:
        case Unit.WORKDAY:
            return f"为{clock.term.budget}个工作日"
        case Unit.DAY:
            return f"为{clock.term.budget}日（自然日）"
        case Unit.WORKHOUR:
            return f"为{clock.term.budget}个工作小时"
        case Unit.HOUR:
            return f"为{clock.term.budget}小时"
        case Unit.IMMEDIATE:
            return "为当日办结"


def _start(clock: Clock) -> str:
    return _moment(clock.period.start) if clock.term.unit.is_of_time else _day(clock.period.start_on)


def _until(clock: Clock) -> str:
    end = clock.end
    if end is None:
        return "目前暂停计时，恢复后按剩余期限继续计算。"
    unsure = "该日期涉及国务院尚未公布放假安排的年份，为暂定，公布后可能调整。" if end.provisional else ""
    if clock.term.unit.is_of_time:
        return f"{_end_moment(end.due_at)}前均为按期。{unsure}"
    closing = "24时" if end.due_at.time() == time() else f"{end.due_at:%H:%M}下班"
    return f"最后一日为{_day(end.due_on)}，当日{closing}前均为按期。{unsure}"


def _how_counted(unit: Unit, days: Sequence[BreakdownDay]) -> str:
    skipped = sum(entry.mark == ("rolled" if unit is Unit.DAY else "rest") for entry in days)
    match unit:
        case Unit.WORKDAY:
            rests = f"，其间有{skipped}天休息日不计入" if skipped else ""
            return f"起算当日不计入，周末和法定节假日不计入，调休上班日计入{rests}。"
        case Unit.DAY:
            rolled = f"最后一日遇休息日，顺延{skipped}天。" if skipped else ""
            return f"起算当日不计入，其后逐日连续计算。{rolled}"
        case Unit.WORKHOUR:
            return "只计开放服务的时间，周末和法定节假日不计入，调休上班日计入。"
        case Unit.HOUR:
            return "自该时刻起连续计算。"
        case Unit.IMMEDIATE:
            return ""


def _state(clock: Clock) -> str:
    if clock.state == "paused":
        return ""
    if clock.stopped_at is None:
        return _LAMPS[clock.lamp]
    if clock.term.is_window and clock.end and clock.stopped_at == clock.end.due_at:
        return "期限已满。"
    return f"已于{_day(clock.stopped_at.date())}停止计时，{'超过期限' if clock.late else '在期限内'}。"


def _end_moment(moment: datetime) -> str:
    """A moment as an end: midnight is 24:00 of the day before."""
    return f"{_day(moment.date() - timedelta(days=1))}24时" if moment.time() == time() else _moment(moment)


def _moment(moment: datetime) -> str:
    return f"{_day(moment.date())}{moment:%H:%M}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
