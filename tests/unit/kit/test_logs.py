"""Log lines: one JSON object each, and no person in any of them. Persons and numbers here are made up."""

import contextlib
import io
import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from bianmin.kit import logs
from bianmin.kit.logs import HIDDEN, about
from bianmin.kit.repeats import Repeats

CITIZEN = "52999919000101000X"
PHONE = "13000000001"
CREDIT = "91529999MA6FAKE0XP"
CARD = "6222020000000000000"
CASE = UUID("01900000-a138-7123-8567-130123456789")

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, showing = root.handlers[:], root.level, warnings.showwarning
    yield
    logging.captureWarnings(False)
    root.handlers[:], warnings.showwarning = handlers, showing
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def lines(restored: None) -> Lines:
    """What was written so far, each line read as JSON."""
    stream = io.StringIO()
    logs.setup("INFO", True, stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_level_logger_and_event(lines: Lines) -> None:
    structlog.get_logger("county").info(
        "第一行\n第二行", topic="bianmin.intake", events=12, late=0.5, ok=True, why=None
    )
    (line,) = lines()
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo == UTC
    assert line == {
        "level": "info",
        "logger": "county",
        "event": "第一行\n第二行",
        "topic": "bianmin.intake",
        "events": 12,
        "late": 0.5,
        "ok": True,
        "why": None,
    }


def test_lines_of_other_libraries_look_the_same(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7, extra={"color_message": "colours"})
    logging.getLogger("aiokafka").warning("lagging", extra={"partition": 3})
    first, second = lines()
    assert (first["event"], first["logger"], first["level"]) == ("Started server process [7]", "uvicorn.error", "info")
    assert "color_message" not in first
    assert second["partition"] == 3


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    structlog.get_logger("county").debug("detail")
    logging.getLogger("aiokafka").debug("detail")
    logging.getLogger("sqlalchemy.engine.Engine").info("INSERT …")
    assert lines() == []


def test_setting_up_again_does_not_write_twice(restored: None) -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.setup("INFO", True, first)
    logs.setup("INFO", True, second)
    logging.getLogger("county").info("once")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_a_terminal_gets_readable_lines_as_safe_as_the_others(restored: None) -> None:
    stream = io.StringIO()
    logs.setup("INFO", False, stream)
    try:
        raise ValueError(CITIZEN)
    except ValueError:
        structlog.get_logger("county").exception("case.failed", name="张三")
    written = stream.getvalue()
    assert "case.failed" in written
    assert "ValueError: [citizen]" in written
    assert CITIZEN not in written
    assert not written.startswith("{")


def test_lines_say_which_request_and_case_they_are_about(lines: Lines) -> None:
    with about(request_id="r-1", case_id=CASE):
        logging.getLogger("aiokafka").info("inside")
        structlog.get_logger("county").info("inside")
    structlog.get_logger("county").info("outside")
    *inside, outside = lines()
    assert [(line["request_id"], line["case_id"]) for line in inside] == [("r-1", str(CASE))] * 2
    assert "case_id" not in outside


@dataclass
class Applicant:
    name: str


def test_values_are_hidden_by_key_and_by_pattern_at_every_depth(lines: Lines) -> None:
    structlog.get_logger("county").info(
        f"registered for {PHONE}",
        name="张三",
        Text="他说",
        tried=[PHONE, (CITIZEN, {"deep": CREDIT, "address": "某村"})],
        number=int(PHONE),
        applicant_of=Applicant("张三"),
        raw="张三".encode(),
        **{PHONE: 1},
    )
    (line,) = lines()
    assert line["event"] == "registered for [phone]"
    assert (line["name"], line["Text"]) == (HIDDEN, HIDDEN)
    assert line["tried"] == ["[phone]", ["[citizen]", {"deep": "[credit]", "address": HIDDEN}]]
    assert line["number"] == "[phone]"
    assert line["applicant_of"] == "<Applicant>"
    assert line["raw"] == "<bytes>"
    assert line["[phone]"] == 1


def test_ids_and_days_are_written_as_texts(lines: Lines) -> None:
    structlog.get_logger("county").info("case.accepted", case=CASE, on=date(2026, 11, 23))
    (line,) = lines()
    assert (line["case"], line["on"]) == (str(CASE), "2026-11-23")


def test_arguments_and_extras_of_other_libraries_are_hidden_too(lines: Lines) -> None:
    logging.getLogger("lib").warning("%s of %s", PHONE, Applicant("张三"), extra={"phone": "1", "why": CITIZEN})
    logging.getLogger("lib").warning("%(name)s has %(no)s", {"name": CITIZEN, "no": CARD})
    first, second = lines()
    assert first["event"] == f"[phone] of Applicant(name={HIDDEN})"
    assert (first["phone"], first["why"]) == (HIDDEN, "[citizen]")
    assert second["event"] == "[citizen] has [card]"


def test_a_query_string_is_not_written(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "[::1]:1", "GET", "/track?q=%E5%BC%A0", "1.1", 200
    )
    assert lines()[0]["event"] == '[::1]:1 - "GET /track HTTP/1.1" 200'


def test_a_line_that_cannot_be_formatted_is_written_without_its_arguments(
    restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    logs.setup("INFO", True, stream)
    ours = logging.getLogger().handlers[-1]
    ours.handle(logging.LogRecord("lib", logging.WARNING, "lib.py", 1, "%d cases", ("张三",), None))
    assert json.loads(stream.getvalue()) == {"event": "log.failed", "level": "error", "logger": "lib"}
    assert capsys.readouterr().err == ""


def test_warnings_are_lines(restored: None) -> None:
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.setup("INFO", True, stream)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert "DeprecationWarning: old" in json.loads(stream.getvalue())["event"]


def failed(lines: Lines, error: BaseException) -> str:
    applicant = Applicant("李四")  # a local: no traceback may show it
    try:
        raise error
    except BaseException:
        structlog.get_logger("county").exception("failed")
    assert applicant.name not in str(lines())
    return str(lines()[-1]["exception"])


def test_a_traceback_shows_places_and_types_but_no_values(lines: Lines) -> None:
    written = failed(lines, ValueError(f"invalid literal for int(): '张三' {PHONE}"))
    assert "test_logs.py" in written
    assert "in failed" in written
    assert written.endswith(f"ValueError: invalid literal for int(): '{HIDDEN}' [phone]")


def test_causes_and_groups_show_no_values(lines: Lines) -> None:
    inner = KeyError("张三")
    inner.__cause__ = LookupError(CITIZEN)
    written = failed(lines, ExceptionGroup("several", [inner, OSError(28, "No space left on device")]))
    assert f"KeyError: '{HIDDEN}'" in written
    assert "LookupError: [citizen]" in written
    assert "No space left on device" in written
    assert written.index("LookupError") < written.index("KeyError")


def test_exceptions_that_cause_each_other_are_written_once(lines: Lines) -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert failed(lines, one).count("ValueError: one") == 1


def test_an_exception_as_a_value_shows_no_values(lines: Lines) -> None:
    structlog.get_logger("county").warning("retry", error=KeyError("张三"), exc_info=ValueError(PHONE))
    assert lines()[0]["error"] == f"KeyError: '{HIDDEN}'"
    assert lines()[0]["exception"] == "ValueError: [phone]"


def test_a_database_error_is_written_without_the_row(lines: Lines) -> None:
    refused = asyncpg.exceptions.PostgresError.new(
        {
            "C": "23505",
            "M": 'duplicate key value violates unique constraint "uq_applicants_name"',
            "D": "Key (name)=(张三) already exists.",
            "t": "applicants",
            "n": "uq_applicants_name",
        }
    )
    written = failed(lines, IntegrityError("INSERT INTO applicants VALUES ('张三')", {"name": "张三"}, refused))
    assert "张三" not in written
    assert written.endswith("IntegrityError: sqlstate=23505 table=applicants constraint=uq_applicants_name")


def test_a_database_error_without_a_row_is_written_in_full(lines: Lines) -> None:
    away = asyncpg.exceptions.PostgresError.new({"C": "53300", "M": "sorry, too many clients already"})
    assert failed(lines, away).endswith("sqlstate=53300 sorry, too many clients already")


def test_a_validation_error_is_written_without_its_input(lines: Lines) -> None:
    class Body(BaseModel):
        age: int

    with pytest.raises(ValueError, match="age") as refused:
        Body.model_validate({"age": "Zhang San"})
    written = failed(lines, refused.value)
    assert "Zhang San" not in written.replace('Body.model_validate({"age": "Zhang San"})', "")
    assert written.endswith("ValidationError: int_parsing")


def test_an_exception_whose_text_fails_does_not_break_the_log(lines: Lines) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert failed(lines, Mute()).endswith("Mute: <RuntimeError in __str__>")


@pytest.mark.usefixtures("restored")
def test_g21_a_line_that_cannot_be_written_raises_nothing() -> None:
    with contextlib.suppress(OSError), Path("/dev/full").open("w") as full:
        logs.setup("INFO", json=True, stream=full)
        for _ in range(200):
            structlog.get_logger("full").info("disk.full")
    structlog.get_logger("full").info("closed")


def test_g34_a_repeated_warning_is_written_at_once_and_then_once_a_minute_with_its_number() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(repeated)s", defaults={"repeated": 0}))
    handler.addFilter(Repeats(seconds=0.2))
    for n in range(5):
        for name in ("aiokafka", "aiokafka.consumer"):
            handler.handle(logging.LogRecord(name, logging.ERROR, "", 0, "no node %s", (n,), None))
        handler.handle(logging.LogRecord("ours", logging.INFO, "", 0, "info", (), None))
    time.sleep(0.2)
    handler.handle(logging.LogRecord("aiokafka", logging.ERROR, "", 0, "no node %s", (7,), None))
    assert sorted(stream.getvalue().splitlines()) == ["info 0"] * 5 + ["no node 0 0", "no node 0 0", "no node 7 4"]


def test_g34_warnings_that_differ_in_a_value_are_all_written() -> None:
    filtered = Repeats()
    for n in range(3):
        event = {"event": "event.unreadable", "offset": n, "timestamp": str(n)}
        record = logging.LogRecord("ours", logging.ERROR, "", 0, event, (), None)
        assert filtered.filter(record)
        assert not filtered.filter(record)
