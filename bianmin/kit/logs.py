"""Log lines as JSON, of our loggers and of others; without personal data."""

import json as jsons
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, TextIO
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from bianmin.kit.repeats import Repeats

# fmt: off
PRIVATE = frozenset({
    "name", "display_name", "full_name", "real_name", "legal_name", "applicant", "applicant_name", "agent_name",
    "contact", "contact_name", "phone", "mobile", "tel", "telephone", "email", "address",
    "id_number", "id_no", "id_card", "id_tail", "citizen_id", "passport", "credit_code", "bank_account", "card_no",
    "text", "content", "note", "remark", "comment", "opinion", "reason_text", "description", "body",
    "password", "secret", "token", "authorization", "cookie",
})
# fmt: on
"""Keys whose values are personal data, a person's words, or secrets: their values are never written."""

HIDDEN = "[hidden]"

_SHAPES = re.compile(
    r"""
      (?P<keep>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b | \b[0-9a-f]{32}\b)   # UUIDs and trace ids are nobody's
    | (?P<citizen>(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXＸ](?!\d))
    | (?P<credit>(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z]))
    | (?P<phone>(?<![\d.])(?:86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d) | (?<![\d.])0[1-9]\d{1,2}-?\d{7,8}(?!\d))
    | (?P<card>(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAMED = re.compile(
    rf"""(\b(?:{"|".join(sorted(PRIVATE))})|姓名|住址|地址)(["']?\s*[=:：]\s*)"""
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<=[=：])[^\s&,;，；。)\]}]+)""",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"(DETAIL:|\[parameters:|invalid input for query argument \$\d+:|invalid input syntax for [^:]{1,80}:).*", re.DOTALL
)
_QUOTED_CHINESE = re.compile(r"""(["'“‘「])[^"'”’」\u3400-\u9fff]*+[\u3400-\u9fff][^"'”’」]*+(["'”’」]|$)""")
_VALUES_IN_MESSAGE = frozenset({"22", "23", "44", "P0"})
"""SQLSTATE classes whose messages quote the row: data exceptions, violated constraints, errors raised in SQL."""


def setup(level: str, json: bool, stream: TextIO | None = None) -> None:
    """Write everything that is logged to `stream` (standard error): as JSON, or readable for a terminal."""
    out = stream or sys.stderr
    shared: list[Processor] = [merge_contextvars, add_log_level, add_logger_name, TimeStamper(fmt="iso", utc=True)]
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    render: Processor
    if json:
        render = JSONRenderer(serializer=jsons.dumps, ensure_ascii=False)
    else:
        render = structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    formatter = ProcessorFormatter(
        foreign_pre_chain=[*shared, ExtraAdder()],
        processors=[ProcessorFormatter.remove_processors_meta, redact, render],
    )
    handler = _Lines(out)
    handler.setFormatter(formatter)
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, _Lines)] + [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def about(**ids: object) -> AbstractContextManager[None]:
    """A context in which every log line has these ids: `with about(request_id=…):`."""
    return bound_contextvars(**{key: str(value) for key, value in ids.items()})


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines and never raises: who logs goes on, also when the reader is gone or the disk is full."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line if that is possible."""
        with suppress(Exception):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Report that a line could not be written; logging itself would print its arguments."""
        self.stream.write(jsons.dumps({"event": "log.failed", "level": "error", "logger": record.name}) + "\n")


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The log event without private values. The last processor before rendering: none after it could add a value."""
    event.pop("color_message", None)  # uvicorn's, the event again
    error = _exception_of(event.pop("exc_info", None))
    if event.get("logger") == "uvicorn.access":
        event["event"] = re.sub(r"\?\S*", "", str(event["event"]))  # a query string may hold anything
    first = ("timestamp", "level", "logger", "event")
    order = [*first, *(key for key in event if key not in first)]
    clean: EventDict = {redacted(key): _without_private_values(key, event[key]) for key in order if key in event}
    if error is not None:
        clean["exception"] = "".join(_traceback_lines(error)).rstrip()
    return clean


def redacted(text: str) -> str:
    """The text without citizen ids, credit codes, phones, bank cards, named private values and database rows."""
    return _SHAPES.sub(_replacement, _NAMED.sub(rf"\1\2{HIDDEN}", _DATABASE.sub(rf"\1 {HIDDEN}", text)))


def _replacement(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "keep" or (kind == "card" and not _luhn(found.group())):
        return found.group()
    return f"[{kind}]"


def _luhn(card: str) -> bool:
    digits = [int(sign) for sign in reversed(card) if sign.isdigit()]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def _without_private_values(key: str, value: Any) -> Any:
    if key.lower() in PRIVATE:
        return HIDDEN
    match value:
        case None | bool() | float():
            return value
        case str():
            return redacted(value)
        case int():
            text = redacted(str(value))
            return value if text == str(value) else text
        case Mapping():
            return {redacted(str(inner)): _without_private_values(str(inner), each) for inner, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_without_private_values("", each) for each in value]
        case BaseException():
            return f"{_kind(value)}: {_message(value)}"
        case UUID() | date() | time() | timedelta() | Decimal() | PurePath():
            return redacted(str(value))
    # the repr of any other object may show its fields
    return f"<{type(value).__name__}>"


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _exception_of(exc_info: ExcInfo | BaseException | bool | None) -> BaseException | None:
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exception()
    return None


def _traceback_lines(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """The lines of a traceback, with private values removed from the messages."""
    seen |= {id(error)}
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _traceback_lines(before, seen)
        yield "\nwhich led to:\n\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_kind(error)}: {_message(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for number, each in enumerate(error.exceptions, 1):
            yield f"\n{number} of {len(error.exceptions)}:\n"
            yield from _traceback_lines(each, seen)


def _message(error: BaseException) -> str:
    driver_error = getattr(error, "orig", None) or error
    state = getattr(driver_error, "sqlstate", None)
    if isinstance(state, str):
        return _database_message(driver_error, state)
    findings = getattr(error, "errors", None)
    if type(error).__name__.endswith("ValidationError") and callable(findings):  # pydantic's texts quote the input
        return ", ".join(sorted({str(each["type"]) for each in findings()}))
    return _QUOTED_CHINESE.sub(rf"\1{HIDDEN}\2", redacted(_text(error)))


def _database_message(error: BaseException, state: str) -> str:
    """PostgreSQL's description of an error without the parts that quote rows."""
    errors: Sequence[BaseException] = (error, error.__cause__ or error)
    named = {key: next((text for each in errors if (text := getattr(each, key, None))), None) for key in _NAMES}
    where = " ".join(f"{key.removesuffix('_name')}={text}" for key, text in named.items() if text)
    first_line = "" if state[:2] in _VALUES_IN_MESSAGE else redacted(_text(error).partition("\n")[0])
    return " ".join(part for part in (f"sqlstate={state}", where, first_line) if part)


_NAMES = ("schema_name", "table_name", "column_name", "constraint_name")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:
        return f"<{type(broken).__name__} in __str__>"
