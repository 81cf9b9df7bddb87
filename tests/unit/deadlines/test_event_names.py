"""Reading the names of calendar events as off or worked; ambiguous names are not guessed (known failure A4)."""

import pytest

from services.deadlines.api.ics_names import kind_of
from services.deadlines.domain.calendar.years import DayKind


@pytest.mark.parametrize(
    "name",
    ["春节假期", "放假（春节）", "除夕放假", "国庆节（休）", "中秋(休)", "五一 调休放假", "周末休息", "元旦(放假)"],
)
def test_names_of_days_off_are_read_as_off(name: str) -> None:
    assert kind_of(name, None) is DayKind.OFF


@pytest.mark.parametrize(
    "name",
    ["上班(补春节假期)", "上班（春节调休）", "国庆节调休上班", "春节补班", "国庆节（班）", "补班（国庆节放假调休）"],
)
def test_names_of_make_up_workdays_are_read_as_worked(name: str) -> None:
    assert kind_of(name, None) is DayKind.WORK


@pytest.mark.parametrize(
    "name",
    [
        "",
        "圣马丁节",
        "调休",
        "五一 不上班",
        "防汛停止上班",
        "清明节放假，不补班",
        "国庆节放假，10月10日上班",
        "国庆节放假（10月10日上班）",
        "取消放假",
        "放假取消",
        "上班（放假）",
        "春节假期上班",
        "除夕下午放假",
        "无需上班",
        "推迟放假",
        "国庆节（休）上班（班）放假",
        "春节（休，班）",
        "放假（待定）",
        "国庆节放假值班",
    ],
)
def test_a4_ambiguous_names_are_not_read(name: str) -> None:
    assert kind_of(name, None) is None


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("放假（補班）", "放假（补班）"),
        ("國慶節補班", "國慶節补班"),
        ("補班", "补班"),
        ("調休上班", "调休上班"),
        ("放假，不補班", "放假，不补班"),
        ("推遲放假", "推迟放假"),
        ("無需上班", "无需上班"),
        ("春節放假", "春節放假"),
    ],
)
def test_g12_traditional_names_are_read_as_simplified_ones(traditional: str, simplified: str) -> None:
    assert kind_of(traditional, None) is kind_of(simplified, None)
    assert kind_of("國慶節補班", None) is DayKind.WORK
    assert kind_of("放假（補班）", None) is not DayKind.OFF


def test_a_mark_decides_unless_the_name_says_the_opposite() -> None:
    assert kind_of("圣马丁节", DayKind.OFF) is DayKind.OFF
    assert kind_of("放假（10月10日上班）", DayKind.OFF) is DayKind.OFF
    assert kind_of("上班", DayKind.OFF) is None
    assert kind_of("放假", DayKind.WORK) is None
    assert kind_of("取消放假", DayKind.OFF) is None
