"""Calendars in and out, withdrawn, compared; and the hours of desks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events.deadlines import CalendarPublished
from services.deadlines.app import SERVICE
from tests.harness import Client
from tests.service.deadlines_county import (
    COUNTY,
    FESTIVAL,
    STATION,
    WEEK,
    County,
    a_year,
    hours,
    running_deadlines,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    orgs = ((COUNTY, "county"), (STATION, "village"))
    async with running_deadlines(await migrated([SERVICE]), tmp_path, *orgs) as county:
        yield county


@pytest.fixture
def admin(county: County) -> Client:
    return county.harness.as_("admin", "52")


def a_file(*events: str, name: str | None = "国务院办公厅通知") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a feed//", *([f"X-WR-CALNAME:{name}"] if name else [])]
    return "\r\n".join([*lines, *events, "END:VCALENDAR", ""]).encode()


def an_event(summary: str, start: str, end: str | None = None, *more: str) -> str:
    ends = [f"DTEND;VALUE=DATE:{end}"] if end else []
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{start}",
            f"SUMMARY:{summary}",
            f"DTSTART;VALUE=DATE:{start}",
            *ends,
            *more,
            "END:VEVENT",
        ]
    )


SPRING = an_event("春节假期", "20260215", "20260224")
MAKE_UP = an_event("上班(补春节假期)", "20260214", "20260215"), an_event("上班(补春节假期)", "20260228", "20260301")


async def put_file(admin: Client, region: str, body: bytes, year: int = 2026, **query: Any) -> Any:
    seen = await admin.get(f"/calendars/{region}/years/{year}")
    etag = seen.headers["etag"] if seen.json()["region"] == region else None
    query.setdefault("status", "official")
    return await admin.put(f"/calendars/{region}/years/{year}.ics", body, etag=etag, **query)


async def test_a3_a4_a5_nine_days_of_a_feed_are_nine_days_and_make_up_days_are_worked(
    county: County, admin: Client
) -> None:
    answer = await put_file(admin, COUNTY, a_file(SPRING, *MAKE_UP))
    assert answer.status_code == 201, answer.text
    days = {(day["date"], day["kind"]) for day in answer.json()["days"]}
    off = {(f"2026-02-{n}", "off") for n in range(15, 24)}
    assert days == off | {("2026-02-14", "work"), ("2026-02-28", "work")}
    assert answer.json()["source"] == "国务院办公厅通知"


async def test_g12_lines_that_are_folded_inside_a_character_are_put_together(county: County, admin: Client) -> None:
    text = a_file(an_event("六月六布依族节放假", "20260720", None, "DESCRIPTION:" + "放假安排" * 40))
    folded = b"\r\n".join(
        b"\r\n ".join([line[at : at + 74] for at in range(0, len(line), 74)] or [b""]) for line in text.split(b"\r\n")
    )
    for file in (folded, folded.replace(b"\r\n ", b"\r\n\t"), folded.replace(b"\r\n", b"\n")):
        answer = await put_file(admin, COUNTY, file, preview="true")
        assert answer.status_code == 200, answer.text
    answer = await put_file(admin, COUNTY, folded)
    assert [day["name"] for day in answer.json()["days"]] == ["六月六布依族节放假"]


async def test_g4_g22_a_calendar_file_with_what_nobody_sees_or_with_too_much_is_refused(
    county: County, admin: Client
) -> None:
    for name in ("\u200b", "放假\u202e（春节）", "放假\x07"):
        assert (await put_file(admin, COUNTY, a_file(an_event(name, "20260720")))).status_code == 422
    large = await put_file(admin, COUNTY, a_file(an_event("放假", "20260720"), "X-A;B=c:1\r\n" * 30_000))
    assert (large.status_code, "太大" in large.text) == (422, True)
    many = await put_file(admin, COUNTY, a_file(*["BEGIN:VEVENT\r\nEND:VEVENT"] * 2001))
    deep = await put_file(admin, COUNTY, b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 1900)
    assert (many.status_code, "太多" in many.text, deep.status_code) == (422, True, 422)


async def test_a6_a_day_withdrawn_from_the_feed_is_removed(county: County, admin: Client) -> None:
    await put_file(admin, COUNTY, a_file(SPRING, an_event("三月三放假", "20260305")))
    answer = await put_file(admin, COUNTY, a_file(SPRING))
    assert (answer.status_code, len(answer.json()["days"])) == (200, 9)
    due = await county.harness.nobody.get(f"/calendars/{COUNTY}/due", start="2026-03-04", days=1)
    assert due.json()["due_on"] == "2026-03-05"
    history = (await admin.get(f"/calendars/{COUNTY}/years/2026/history")).json()["items"]
    assert [(len(one["year"]["days"]), one["published_by"]) for one in history] == [(9, "admin-52"), (10, "admin-52")]


@pytest.mark.parametrize("year", [2019, 2024, 2026, 2027])
async def test_an_exported_year_is_imported_unchanged_and_an_estimate_stays_an_estimate(
    county: County, admin: Client, year: int
) -> None:
    path = f"/calendars/CN/years/{year}"
    shown = await admin.get(f"{path}.ics")
    assert shown.headers["content-type"] == "text/calendar; charset=utf-8"
    was = await admin.get(path)
    answer = await admin.put(f"{path}.ics", shown.content, etag=shown.headers["etag"])
    assert (answer.status_code, answer.json()) == (200, was.json()), answer.text
    again = await admin.get(f"{path}.ics")
    assert (again.content, again.headers["etag"]) == (shown.content, shown.headers["etag"])
    assert shown.content.count(b"DTSTAMP:") == shown.content.count(b"BEGIN:VEVENT")
    due = (await county.harness.nobody.get("/calendars/52/due", start=f"{year}-03-02", days=5)).json()
    assert due["provisional"] is (year == 2027)


async def test_a_source_of_several_lines_is_exported_and_imported_as_it_was(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    names = ["三月三", "防汛停办", "上班(补三月三)"]
    days = [{"date": f"2026-03-0{n}", "kind": "off", "name": name} for n, name in enumerate(names, 3)]
    first = await admin.put(path, {"status": "estimated", "source": "某县通知；\n其二, 待定\\n", "days": days})
    shown = await admin.get(f"{path}.ics")
    assert (await admin.delete(path, etag=first.headers["etag"])).status_code == 200
    answer = await admin.put(f"{path}.ics", shown.content)
    assert (answer.status_code, answer.json()) == (201, first.json()), answer.text


async def test_a_file_without_a_status_is_refused_with_what_to_add(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026.ics"
    answer = await admin.put(path, a_file(SPRING))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query:status")
    assert "status=official" in answer.json()["detail"]
    answer = await admin.put(path, a_file(SPRING, "X-BIANMIN-STATUS:estimated"), status="official", source="另一通知")
    assert (answer.status_code, answer.json()["status"], answer.json()["source"]) == (201, "official", "另一通知")


@pytest.mark.parametrize("what", ["years/2027", "years/2027.ics", "hours", "policies"])
async def test_content_read_from_the_region_above_is_not_published_as_the_regions_own(
    county: County, admin: Client, what: str
) -> None:
    assert (await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))).status_code == 201
    assert (await admin.put(f"/policies/{COUNTY}", {"policies": []})).status_code == 201
    path = f"/policies/{COUNTY}" if what == "policies" else f"/calendars/{STATION}/{what}"
    shown = await admin.get(path)
    body = shown.content if what.endswith(".ics") else shown.json()
    answer = await admin.put(path.replace(COUNTY, STATION) if what == "policies" else path, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:region-differs")
    assert f"只写 {STATION} 自己" in answer.json()["detail"]
    if what == "years/2027":
        body = {**shown.json(), "region": None, "year": 2026}
        answer = await admin.put(path, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/year")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (a_file(an_event("圣马丁节", "20261111")), "看不准是放假还是上班"),
        (a_file(an_event("五一 不上班", "20260501")), "看不准是放假还是上班"),
        (a_file(an_event("", "20261010", None, "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY")), "看不准"),
        (a_file(an_event("国庆节上班", "20261001", None, "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY")), "看不准"),
        (a_file(), "没有任何"),
        (a_file(an_event("元旦放假", "20260101", None, "STATUS:CANCELLED")), "没有任何"),
        (a_file(an_event("元旦放假", "20260101", None, "EXDATE;VALUE=DATE:20260101")), "例外的日子"),
        (a_file(an_event("元旦放假", "20260101", None, "DURATION:PT5H")), "整天"),
        (a_file(an_event("元旦放假", "20260101", None, "DURATION:P1DT1H")), "整天"),
        (a_file(an_event("元旦放假", "20260101", None, "DURATION:P9999999D")), "不超过 60 天"),
        (a_file(an_event("元旦放假", "20260101", None, "DURATION:P99999999999D")), "不合 iCalendar 格式"),
        (a_file(an_event("元旦放假", "20260101", "20260102", "DURATION:P1D")), "只保留一个"),
        (a_file(an_event("元旦放假", "20260101", "20260102", "SUMMARY:上班")), "不合 iCalendar 格式"),
        (a_file(an_event("元旦放假", "99991231")), "1950 至 2199"),
        (a_file(an_event("元旦放假", "00010101")), "1950 至 2199"),
        (a_file(SPRING).decode().encode("gbk"), "UTF-8"),
        (a_file(SPRING)[:-40] + b"\xff", "UTF-8"),
        (a_file(an_event("元旦放假", "20260101", "20260101")), "晚于开始日期"),
        (a_file(an_event("元旦放假", "20260101", "20270101")), "不超过 60 天"),
        (a_file(an_event("元旦放假", "20260101", None, "RRULE:FREQ=YEARLY")), "重复事件"),
        (a_file(SPRING, an_event("上班（补）", "20260216")), "既有放假又有上班"),
        (a_file(an_event("元旦放假", "20270101")), "请录入到 2027 年的日历"),
        (a_file(an_event("假期" + "长" * 100, "20260101")), "太长"),
        (a_file(SPRING, name=None), "X-WR-CALNAME"),
        (a_file(SPRING).replace(b"DTSTART;VALUE=DATE:20260215", b"DTSTART:20260215T000000Z"), "整天"),  # of which zone?
        (a_file(SPRING).replace(b"20260215", b"20260231"), "不合 iCalendar 格式"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "不是 iCalendar 文件"),
        (b"{}", "不是 iCalendar 文件"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "不是 iCalendar 文件"),
    ],
)
async def test_a4_a5_a17_b13_an_ambiguous_event_is_refused_and_not_guessed(
    county: County, admin: Client, body: bytes, detail: str
) -> None:
    answer = await put_file(admin, COUNTY, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:ics-invalid")
    assert detail in answer.json()["detail"]
    assert (await admin.get(f"/calendars/{COUNTY}/years/2026")).json()["region"] == "CN"


async def test_a10_days_of_other_years_are_left_out_where_that_is_asked_for(county: County, admin: Client) -> None:
    feed = a_file(SPRING, an_event("元旦假期", "20270101"))
    answer = await put_file(admin, COUNTY, feed, other_years="skip", source="订阅")
    assert (answer.status_code, len(answer.json()["days"]), answer.json()["source"]) == (201, 9, "订阅")

    answer = await put_file(admin, STATION, a_file(SPRING), 2025, other_years="skip")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:ics-invalid")
    assert "没有 2025 年的日子" in answer.json()["detail"]


async def test_a6_a_cancelled_event_is_left_out(county: County, admin: Client) -> None:
    cancelled = an_event("三月三放假", "20260305", None, "STATUS:CANCELLED")
    answer = await put_file(admin, COUNTY, a_file(SPRING, cancelled))
    assert (answer.status_code, len(answer.json()["days"])) == (201, 9)


async def test_a_file_can_be_previewed(county: County, admin: Client) -> None:
    answer = await put_file(admin, COUNTY, a_file(an_event("三月三放假", "20260305")), preview="true")
    assert answer.json()["changes"] == [{"date": "2026-03-05", "works": False}]
    assert (await admin.get(f"/calendars/{COUNTY}/years/2026")).json()["region"] == "CN"


async def test_the_difference_of_two_versions_is_shown_day_by_day(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    first = await admin.put(path, a_year(*FESTIVAL))
    moved = {"date": "2026-04-20", "kind": "off", "name": "三月三"}
    await admin.put(path, a_year(moved), etag=first.headers["etag"])
    shown = (await admin.get(f"{path}/diff")).json()
    assert shown == {
        "since": 1,
        "until": 2,
        "before": {"status": "official", "source": "某县通知"},
        "after": {"status": "official", "source": "某县通知"},
        "items": [
            {"date": "2026-03-05", "before": FESTIVAL[0], "after": None},
            {"date": "2026-04-20", "before": None, "after": moved},
        ],
    }
    assert [each["date"] for each in (await admin.get(f"{path}/diff", since=0, until=1)).json()["items"]] == [
        "2026-03-05"
    ]
    assert (await admin.get(f"{path}/diff", until=3)).status_code == 404


async def test_the_difference_of_two_versions_shows_the_status_where_no_day_differs(
    county: County, admin: Client
) -> None:
    path = "/calendars/CN/years/2027"
    seen = await admin.get(path)
    official = {**seen.json(), "status": "official", "source": "国办通知"}
    assert (await admin.put(path, official, etag=seen.headers["etag"])).status_code == 200
    shown = (await admin.get(f"{path}/diff")).json()
    assert shown["items"] == []
    assert shown["before"] == {"status": "estimated", "source": seen.json()["source"]}
    assert shown["after"] == {"status": "official", "source": "国办通知"}
    none = (await admin.get(f"/calendars/{COUNTY}/years/2026/diff")).json()
    assert (none["before"], none["after"], none["items"]) == (None, None, [])


async def test_a18_a_calendar_in_use_is_not_withdrawn(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    etag = (await admin.put(path, a_year(*FESTIVAL))).headers["etag"]
    case = await county.a_running_case("2026-03-02")
    would = (await admin.delete(path, etag=etag, preview="true")).json()
    assert (would["changes"], would["crossing"]) == ([{"date": "2026-03-05", "works": True}], 1)
    assert {move["new_due_on"] for move in would["moves"]} == {"2026-03-09", "2026-03-30"}
    answer = await admin.delete(path, etag=etag)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:calendar-in-use")
    assert "2 个在办时限" in answer.json()["detail"]
    await county.grants(case)
    answer = await admin.delete(path, etag=etag)
    assert (answer.status_code, answer.json()["region"]) == (200, "CN"), answer.text
    holds = await admin.get(path)
    assert (holds.json(), holds.headers["etag"]) == (answer.json(), answer.headers["etag"])
    [last, _] = (await admin.get(f"{path}/history")).json()["items"]
    assert (last["version"], last["year"]) == (2, None)
    events = [event.data for event in await county.announced() if isinstance(event.data, CalendarPublished)]
    assert [(data.version, [day.works for day in data.changes]) for data in events] == [(1, [False]), (2, [True])]
    # what was withdrawn can be published again
    assert (await admin.put(path, a_year(*FESTIVAL))).status_code == 201


async def test_a18_the_national_calendar_is_never_withdrawn(county: County, admin: Client) -> None:
    national = await admin.get("/calendars/CN/years/2026")
    answer = await admin.delete("/calendars/CN/years/2026", etag=national.headers["etag"])
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:calendar-needed")
    assert (await admin.delete(f"/calendars/{COUNTY}/years/2026")).status_code == 404
