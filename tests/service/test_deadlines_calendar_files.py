"""Calendars in and out, withdrawn, compared; and the hours of desks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import routing
from bianmin.events.deadlines import CalendarPublished
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.house import Client, a_house
from tests.service.deadlines_county import COUNTY, STATION, County, at
from tests.service.test_deadlines_publishing import FESTIVAL, a_year, settle


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_house(await migrated([SERVICE]), [SERVICE], tmp_path) as house:
        house.app.state.clock.set(at("2026-03-02T09:00"))
        county = County(house)
        for code, level in ((COUNTY, "county"), (STATION, "village")):
            told = routing.OrgChanged.model_validate({"code": code, "name": code, "level": level})
            await county.tells("routing", code, told)
        yield county


@pytest.fixture
def admin(county: County) -> Client:
    return county.house.as_("admin", "52")


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


async def test_a6_a_day_withdrawn_from_the_feed_is_removed(county: County, admin: Client) -> None:
    await put_file(admin, COUNTY, a_file(SPRING, an_event("三月三放假", "20260305")))
    answer = await put_file(admin, COUNTY, a_file(SPRING))
    assert (answer.status_code, len(answer.json()["days"])) == (200, 9)
    due = await county.house.nobody.get(f"/calendars/{COUNTY}/due", start="2026-03-04", days=1)
    assert due.json()["due_on"] == "2026-03-05"
    history = (await admin.get(f"/calendars/{COUNTY}/years/2026/history")).json()["items"]
    assert [(len(one["year"]["days"]), one["published_by"]) for one in history] == [(9, "admin-52"), (10, "admin-52")]


@pytest.mark.parametrize("year", [2019, 2024, 2026])
async def test_what_was_exported_is_imported_as_it_was(county: County, admin: Client, year: int) -> None:
    told = await admin.get(f"/calendars/CN/years/{year}.ics")
    assert told.headers["content-type"] == "text/calendar; charset=utf-8"
    answer = await put_file(admin, COUNTY, told.content, year)
    assert answer.status_code == 201, answer.text
    was = (await admin.get(f"/calendars/CN/years/{year}")).json()
    assert answer.json() == {**was, "region": COUNTY}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (a_file(an_event("圣马丁节", "20261111")), "看不出是放假还是上班"),
        (a_file(an_event("调休", "20261010")), "看不出是放假还是上班"),
        (a_file(an_event("", "20261010", None, "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY")), "看不出"),
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
async def test_a4_a5_a17_b13_what_is_not_understood_is_refused_and_not_guessed(
    county: County, admin: Client, body: bytes, told: str
) -> None:
    answer = await put_file(admin, COUNTY, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:ics-invalid")
    assert told in answer.json()["detail"]
    assert (await admin.get(f"/calendars/{COUNTY}/years/2026")).json()["region"] == "CN"


async def test_a10_days_of_other_years_are_left_out_where_that_is_asked_for(county: County, admin: Client) -> None:
    feed = a_file(SPRING, an_event("元旦假期", "20270101"))
    answer = await put_file(admin, COUNTY, feed, other_years="skip", source="订阅")
    assert (answer.status_code, len(answer.json()["days"]), answer.json()["source"]) == (201, 9, "订阅")


async def test_a_file_can_be_previewed(county: County, admin: Client) -> None:
    answer = await put_file(admin, COUNTY, a_file(an_event("三月三放假", "20260305")), preview="true")
    assert answer.json()["changes"] == [{"date": "2026-03-05", "works": False}]
    assert (await admin.get(f"/calendars/{COUNTY}/years/2026")).json()["region"] == "CN"


async def test_two_versions_are_told_apart_day_by_day(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    first = await admin.put(path, a_year(*FESTIVAL))
    moved = {"date": "2026-04-20", "kind": "off", "name": "三月三"}
    await admin.put(path, a_year(moved), etag=first.headers["etag"])
    told = (await admin.get(f"{path}/diff")).json()
    assert told == {
        "since": 1,
        "until": 2,
        "items": [
            {"date": "2026-03-05", "before": FESTIVAL[0], "after": None},
            {"date": "2026-04-20", "before": None, "after": moved},
        ],
    }
    assert [each["date"] for each in (await admin.get(f"{path}/diff", since=0, until=1)).json()["items"]] == [
        "2026-03-05"
    ]
    assert (await admin.get(f"{path}/diff", until=3)).status_code == 404


async def test_a18_a_calendar_in_use_is_not_withdrawn(county: County, admin: Client) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    etag = (await admin.put(path, a_year(*FESTIVAL))).headers["etag"]
    case = await county.a_running_case("2026-03-02")
    answer = await admin.delete(path, etag=etag)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:calendar-in-use")
    assert "2 个在办时限" in answer.json()["detail"]
    await county.grants(case)
    answer = await admin.delete(path, etag=etag)
    assert (answer.status_code, answer.json()["region"]) == (200, "CN"), answer.text
    assert (await admin.get(path)).json()["region"] == "CN"
    [last, _] = (await admin.get(f"{path}/history")).json()["items"]
    assert (last["version"], last["year"]) == (2, None)
    told = [event.data for event in await county.announced() if isinstance(event.data, CalendarPublished)]
    assert [(data.version, [day.works for day in data.changes]) for data in told] == [(1, [False]), (2, [True])]
    # what was withdrawn can be published again
    assert (await admin.put(path, a_year(*FESTIVAL))).status_code == 201


async def test_a18_the_calendar_that_all_others_lie_over_is_never_withdrawn(county: County, admin: Client) -> None:
    national = await admin.get("/calendars/CN/years/2026")
    answer = await admin.delete("/calendars/CN/years/2026", etag=national.headers["etag"])
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:calendar-needed")
    assert (await admin.delete(f"/calendars/{COUNTY}/years/2026")).status_code == 404


WEEK = [[{"since": "09:00", "until": "12:00"}, {"since": "14:00", "until": "17:30"}]] * 5


def hours(weekdays: list[Any], make_up: list[Any] | None = None) -> dict[str, Any]:
    return {"weekdays": [*weekdays, *[[]] * (7 - len(weekdays))], "make_up": make_up or []}


async def test_a_desk_has_the_hours_of_the_nearest_that_published_any(county: County, admin: Client) -> None:
    usual = (await admin.get(f"/calendars/{STATION}/hours")).json()
    assert (usual["region"], usual["version"]) == (None, 0)
    assert usual["weekdays"][0] == [{"since": "09:00", "until": "12:00"}, {"since": "13:00", "until": "17:00"}]
    first = await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK, WEEK[0]))
    assert (first.status_code, first.json()["version"]) == (201, 1)
    assert (await admin.get(f"/calendars/{STATION}/hours")).json()["region"] == COUNTY
    assert (await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))).status_code == 428
    again = await admin.put(f"/calendars/{COUNTY}/hours", first.json(), etag=first.headers["etag"])
    assert (again.status_code, again.json()["version"]) == (200, 2)
    told = (await admin.get(f"/calendars/{COUNTY}/hours/history")).json()["items"]
    assert [each["hours"]["version"] for each in told] == [2, 1]


async def test_what_runs_till_the_desk_closes_moves_with_its_hours(county: County, admin: Client) -> None:
    policy = {"kind": "completeness", "cut_off": "close"}
    await admin.put(f"/policies/{COUNTY}", {"policies": [policy]})
    await settle(county.house)
    await county.registers(case := str(new_id()))
    [clock] = await county.clocks(case_id=case)
    assert clock["due_at"] == "2026-03-09T17:00:00+08:00"
    await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))
    await settle(county.house)
    [clock] = await county.clocks(case_id=case)
    assert (clock["due_at"], clock["due_on"]) == ("2026-03-09T17:30:00+08:00", "2026-03-09")


@pytest.mark.parametrize(
    "body",
    [
        hours([]),
        hours([[], [], [], [], [], [{"since": "09:00", "until": "12:00"}]]),
        hours([[{"since": "12:00", "until": "09:00"}]]),
        hours([[{"since": "09:00", "until": "00:00"}]]),
        hours([[{"since": "09:00", "until": "12:00"}, {"since": "11:00", "until": "13:00"}]]),
        hours([[{"since": "9", "until": "12:00"}]]),
        hours([[{"since": "09:00", "until": "25:00"}]]),
        {"weekdays": WEEK, "make_up": []},
    ],
)
async def test_a12_a_desk_that_never_opens_is_refused(county: County, admin: Client, body: dict[str, Any]) -> None:
    answer = await admin.put(f"/calendars/{COUNTY}/hours", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a12_days_and_hours_that_leave_a_desk_closed_for_a_year_are_refused_whichever_comes_last(
    county: County, admin: Client
) -> None:
    on_tuesdays = hours([[], [{"since": "09:00", "until": "12:00"}]])
    tuesdays = (date(2026, 1, 6) + timedelta(days=7 * n) for n in range(52))
    no_tuesday = a_year(*({"date": str(day), "kind": "off", "name": "休"} for day in tuesdays))
    assert (await admin.put(f"/calendars/{STATION}/hours", on_tuesdays)).status_code == 201
    answer = await admin.put(f"/calendars/{COUNTY}/years/2026", no_tuesday)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:calendar-invalid")
    assert "没有开放时间" in answer.json()["detail"]
    seen = (await admin.get(f"/calendars/{STATION}/hours")).headers["etag"]
    assert (await admin.put(f"/calendars/{STATION}/hours", hours(WEEK), etag=seen)).status_code == 200
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", no_tuesday)).status_code == 201
    answer = await admin.put(f"/calendars/{COUNTY}/hours", on_tuesdays)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:hours-invalid")
    assert "没有开放时间" in answer.json()["detail"]


async def test_only_an_admin_of_the_place_says_when_its_desks_open(county: County) -> None:
    for role, org, status in (("window", COUNTY, 403), ("admin", "520112", 403), ("admin", COUNTY, 201)):
        answer = await county.house.as_(role, org).put(f"/calendars/{STATION}/hours", hours(WEEK))
        assert answer.status_code == status
