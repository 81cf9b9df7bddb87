"""Writing and reading events."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bianmin.events import samples
from bianmin.events.deadlines import ClockYellow
from bianmin.events.envelope import LAST_SEQUENCE, MalformedEvent, compose, parse_event
from bianmin.events.intake import CaseRefused, ItemRetired
from bianmin.events.parts import Access, EventData
from bianmin.events.registry import source_of
from tests.unit.events.builders import AN_ID, MORNING, an_event, any_data, some_data

SECRET = "张三丰529999190001010018"
ATTRIBUTES = st.text(st.characters(), max_size=40)


def changed(**attributes: Any) -> bytes:
    """A good event, with other attributes; None takes one away."""
    event = json.loads(an_event()) | attributes
    return json.dumps({name: value for name, value in event.items() if value is not None}).encode()


@settings(deadline=None)
@given(any_data(), st.uuids(), st.integers(1, LAST_SEQUENCE), st.none() | st.uuids())
def test_an_event_is_read_as_it_was_written(data: EventData, id: UUID, sequence: int, causation: UUID | None) -> None:
    value = an_event(data, id=id, sequence=sequence, causation=causation, correlation="matter", traceparent="00-1-2-01")
    event = parse_event(value)
    assert event.data == data
    assert type(event.data) is type(data)
    assert (event.id, event.sequence, event.causationid) == (id, sequence, causation)
    assert (event.type, event.source, event.subject) == (data.event_type, "/bianmin/intake", "520111/MZ-001")
    assert (event.region, event.actor, event.time) == ("520111", "520111-admin", MORNING)
    assert (event.correlationid, event.traceparent) == ("matter", "00-1-2-01")
    assert event.raw == value


@settings(deadline=None)
@given(ATTRIBUTES, ATTRIBUTES, ATTRIBUTES, st.none() | ATTRIBUTES, st.none() | ATTRIBUTES)
@example("a\x85", "52", "s", None, None)
@example("a", "52", "\ud800", None, None)
@example("a", "", "anonymous", "", "\x85")
def test_every_event_that_is_written_can_be_read(
    subject: str, region: str, actor: str, correlation: str | None, traceparent: str | None
) -> None:
    try:
        value = an_event(subject=subject, region=region, actor=actor, correlation=correlation, traceparent=traceparent)
    except ValueError:
        return
    event = parse_event(value)
    assert (event.subject, event.region, event.actor) == (subject, region, actor)
    assert event.correlationid == (correlation or None)


@pytest.mark.parametrize(
    "given",
    [
        {"subject": ""},
        {"actor": ""},
        {"subject": "a\x00b"},
        {"region": "52\n"},
        {"correlation": "\x7f"},
        {"sequence": 0},
        {"sequence": LAST_SEQUENCE + 1},
        {"time": datetime(2026, 11, 23, 9, 30)},  # noqa: DTZ001
        {"time": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
    ],
    ids=str,
)
def test_an_event_that_no_reader_accepts_is_not_written(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        an_event(**given)


def test_an_invalid_trace_header_is_dropped() -> None:
    assert parse_event(an_event(traceparent="\x85\x00")).traceparent is None


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Asia/Shanghai"), timezone(timedelta(hours=-5))], ids=str)
def test_times_are_at_the_countys_offset(zone: Any) -> None:
    due = datetime(2026, 12, 24, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(zone)
    given = {"clock_id": AN_ID, "subject_kind": "case", "kind": "promise", "org": "52", "due_on": "2026-12-23"}
    data = ClockYellow.model_validate({**given, "due_at": due, "detected_at": due})
    written = json.loads(an_event(data, time=MORNING.astimezone(zone)))
    assert written["time"] == "2026-11-23T09:30:00+08:00"
    assert written["data"]["due_at"] == "2026-12-24T00:00:00+08:00"


def test_the_data_refuses_a_time_without_an_offset() -> None:
    given = {"clock_id": AN_ID, "subject_kind": "case", "kind": "promise", "org": "52", "due_on": "2026-12-23"}
    with pytest.raises(ValidationError):
        ClockYellow.model_validate({**given, "due_at": datetime(2026, 12, 24), "detected_at": MORNING})  # noqa: DTZ001


def test_an_unknown_type_is_read_without_its_data_but_with_its_sequence() -> None:
    value = an_event(sequence=7).replace(b"item.retired.v1", b"item.praised.v1")
    event = parse_event(value)
    assert event.data is None
    assert (event.type, event.sequence, event.raw) == ("cn.bianmin.item.praised.v1", 7, value)


@pytest.mark.parametrize("data", [None, 5, "text", [1], {"org": SECRET}])
def test_the_data_of_an_unknown_type_may_be_anything(data: object) -> None:
    assert parse_event(changed(type="org.example.happened", data=data)).data is None


def test_unknown_fields_are_skipped() -> None:
    event = json.loads(an_event())
    event["brandnew"] = event["data"]["added_later"] = {"deep": [1]}
    assert parse_event(json.dumps(event).encode()).data == some_data()


def test_a_field_named_type_in_the_data_is_not_the_type() -> None:
    event = json.loads(an_event())
    first = {"data": {**event["data"], "type": "cn.bianmin.case.accepted.v1"}}
    assert parse_event(json.dumps(first | {k: v for k, v in event.items() if k != "data"}).encode()).data == some_data()


def test_a_type_with_escaped_characters_is_the_same_type() -> None:
    value = an_event().replace(b'"type":"cn', rb'"t\u0079pe" : "\u0063n')
    assert parse_event(value).data == some_data()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        an_event()[:-2],
        changed(data=None),
        changed(data={}),
        changed(specversion="0.3"),
        changed(id=SECRET),
        changed(subject=""),
        changed(subject=f"{SECRET}\x00"),
        changed(subject=None),
        changed(sequence=0),
        changed(sequence="1"),
        changed(sequence=2**31),
        changed(time="2026-11-23T09:30:00"),
        changed(time="9999-12-31T23:59:59-12:00"),
        changed(time=1_763_861_400),
        changed(type=None),
        changed(type=f"cn.bianmin.{SECRET}.v1", subject=None),
        changed(type="cn.bianmin.zhangsanfeng.v13000000001", subject=None),
        changed(data={"org": SECRET, "code": SECRET, "version": SECRET, SECRET: SECRET}),
    ],
)
def test_malformed_bytes_are_refused_without_repeating_them(value: bytes) -> None:
    with pytest.raises(MalformedEvent) as refused:
        parse_event(value)
    said = f"{refused.value!r} {refused.value}"
    assert "张" not in said
    assert "190001010018" not in said
    assert "zhangsanfeng" not in said
    assert refused.value.__context__ is None
    assert refused.value.__cause__ is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ALL = list(samples.every().values())


@settings(deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_a_damaged_event_is_read_or_refused(value: bytes, data: st.DataObject) -> None:
    event = json.loads(value)
    where = event
    while isinstance(where, dict) and where:
        name = data.draw(st.sampled_from(sorted(where)))
        if isinstance(where[name], dict) and data.draw(st.booleans()):
            where = where[name]
            continue
        where[name] = data.draw(JSON)
        break
    _read_or_refuse(json.dumps(event).encode())


@settings(deadline=None)
@given(st.sampled_from(ALL), st.integers(0), st.binary(max_size=4))
def test_damaged_bytes_are_read_or_refused(value: bytes, place: int, bytes_: bytes) -> None:
    place %= len(value)
    _read_or_refuse(value[:place] + bytes_ + value[place + len(bytes_) :])


def _read_or_refuse(value: bytes) -> None:
    with suppress(MalformedEvent):
        assert parse_event(value).raw == value


def test_events_and_their_data_cannot_be_changed_and_can_be_put_in_sets() -> None:
    access = Access(org="520111101201", accepting_org="520111101", dept="civil")
    one, same = (CaseRefused(access=access, reason_code="x", refused_on=MORNING.date()) for _ in range(2))
    assert {one, same} == {one}
    assert len({parse_event(an_event()), parse_event(an_event())}) == 1
    with pytest.raises(ValidationError):
        one.reason_code = "y"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        parse_event(an_event()).sequence = 2  # type: ignore[misc]


def test_every_event_says_which_schema_its_data_follows() -> None:
    assert parse_event(an_event()).dataschema == "urn:bianmin:schema:cn.bianmin.item.retired.v1"


def test_a_reason_is_a_code_and_never_a_sentence() -> None:
    access = Access(org="520111101201", accepting_org="520111101", dept="civil")
    for sentence in ("he said so", "材料不齐，请补正", ""):
        with pytest.raises(ValidationError):
            CaseRefused(access=access, reason_code=sentence, refused_on=MORNING.date())


@pytest.mark.parametrize("org", ["", "5", "520", "%", "５２", "520111101201 ", "52011110120100000"])
def test_an_org_is_a_division_code(org: str) -> None:
    with pytest.raises(ValidationError):
        ItemRetired(org=org, code="MZ-001", version=1)


def test_a_service_is_its_events_source() -> None:
    value = compose(
        some_data(), id=AN_ID, source="routing", subject="s", sequence=1, time=MORNING, region="", actor="system"
    )
    assert parse_event(value).source == source_of("routing")
