"""The Chinese line of the timeline for each event."""

from typing import Any

import pytest

from services.intake import texts

CLOCK = {"kind": "statutory", "due_on": "2027-02-11"}


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        (
            "procedure.ended",
            {"kind": "hearing", "started_on": "2026-03-04", "ended_on": "2026-03-10"},
            "听证结束，2026-03-04 至 2026-03-10 不计入办理期限",
        ),
        ("clock.started", {**CLOCK, "provisional": True}, "法定时限开始计时，2027-02-11（暂定） 到期"),
        ("clock.started", {**CLOCK, "provisional": False}, "法定时限开始计时，2027-02-11 到期"),
        ("clock.resumed", {**CLOCK, "provisional": True}, "法定时限恢复计时，2027-02-11（暂定） 到期"),
        ("clock.extended", {**CLOCK, "provisional": True}, "法定时限延长，2027-02-11（暂定） 到期"),
        ("clock.extended", {"kind": "statutory", "provisional": True}, "法定时限延长，恢复计时后确定到期日"),
        ("clock.rescheduled", {**CLOCK, "provisional": True}, "法定时限调整为 2027-02-11（暂定） 到期"),
        ("clock.lamp_turned", {**CLOCK, "lamp": "yellow"}, "法定时限转为黄灯"),
        (
            "card.issued",
            {"kind": "promise", "level": "red", "reason_code": "second_yellow"},
            "因同一办件中第二次被发黄牌，发出红牌",
        ),
        (
            "card.issued",
            {"kind": "promise", "level": "red", "reason_code": "second_yellow_in_year"},
            "因十二个月内第二次被发黄牌，发出红牌",
        ),
        (
            "card.issued",
            {"kind": "statutory", "level": "red", "reason_code": "statutory"},
            "因法定时限届满，发出红牌",
        ),
    ],
)
def test_the_line_of_an_event_has_its_values(name: str, data: dict[str, Any], text: str) -> None:
    assert texts.event_text(f"cn.bianmin.{name}.v1", data) == text
