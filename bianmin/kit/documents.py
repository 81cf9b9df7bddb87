"""Parse JSON (RFC 8259, unique keys) and YAML 1.2 (core schema) into plain values, with the line of each value.

PyYAML reads YAML 1.1, where `010` is 8 and `1:30` is 90, and takes the last of two equal keys; therefore only its
events are used here. What is built is limited while it is parsed: a small file can describe a very large one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

import yaml

from bianmin.domain.text import visible
from bianmin.kit.problems import MalformedRequest

MAX_NODES = 200_000
"""Values in one file: more than a county's catalog or a province's divisions have."""
MAX_DEPTH = 30
Path = tuple[str | int, ...]
_YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class ParsedFile:
    """A parsed file: its plain value, and where each part of it stands."""

    value: Any
    find_lines: Callable[[], Mapping[Path, int]] = field(repr=False)

    @cached_property
    def _lines(self) -> Mapping[Path, int]:
        return self.find_lines()

    def line_of(self, path: Path) -> int:
        """The line, from 1, of the innermost value on the path that is there."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def parse_json(text: str) -> Any:
    """Return the value of a JSON text. Raises `MalformedRequest` with the line, for a key that is there twice too."""
    try:
        return _DECODER.decode(text)
    except _KeyTwice as error:
        raise MalformedRequest(_twice(_line_of_second(text, error.key), error.key)) from None
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"第 {error.lineno} 行：不是正确的 JSON；请检查引号、逗号和括号。") from None
    except (ValueError, RecursionError):
        raise MalformedRequest("请求体不是正确的 JSON：嵌套太深，或有不能表示的数。") from None


def read_json(body: bytes) -> ParsedFile:
    """Return the document of a JSON file. Raises `MalformedRequest`."""
    text = decode(body)
    if text.count("[") + text.count("{") + text.count(":") > MAX_NODES:
        raise _too_much()
    value = parse_json(text)
    _check_size(value)
    return ParsedFile(value, lambda: dict(_json_lines(text)))


def _check_size(value: Any) -> None:
    """Check how many values there are and how deep they are nested. Raises `MalformedRequest`."""
    level, nodes = [value], 0
    for _ in range(MAX_DEPTH + 1):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise _too_much()
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise MalformedRequest(f"嵌套太深，最多 {MAX_DEPTH} 层。")


def decode(body: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. Raises `MalformedRequest`."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise MalformedRequest(f"第 {line} 行：不是 UTF-8 编码；请另存为 UTF-8 后重新提交。") from None


class _KeyTwice(Exception):
    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _KeyTwice(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_JSON_TOKEN = re.compile(rf'{_STRING}|[{{}}\[\],:\n]|[^\s{{}}\[\],:"]+')
_KEY_OR_OBJECT = re.compile(rf"({_STRING})(\s*:)?|[{{}}]")


def _line_of_second(text: str, key: str) -> int:
    """The line on which an object of a JSON text has the key for the second time.

    It builds no paths: whoever may send a body chooses how deep it is nested, and this runs on the event loop.
    """
    has_key: list[bool] = []  # for each open object
    for token in _KEY_OR_OBJECT.finditer(text):
        if token[0] == "{":
            has_key.append(False)
        elif token[0] == "}":
            has_key.pop()
        elif token[2] and json.loads(token[1]) == key:
            if has_key[-1]:
                return text.count("\n", 0, token.start()) + 1
            has_key[-1] = True
    return 1


def _json_lines(text: str) -> Iterator[tuple[Path, int]]:
    """The path and the line of each value of a JSON text that is known to be correct."""
    line = 1
    path: Path = ()
    key: str | int | None = None
    parents: list[tuple[Path, str | int | None]] = []
    for token in _JSON_TOKEN.finditer(text):
        match sign := token[0]:
            case "\n":
                line += 1
            case ",":
                key = key + 1 if isinstance(key, int) else None
            case ":":
                pass
            case "}" | "]":
                path, key = parents.pop()
            case _ if parents and key is None:
                key = json.loads(sign, strict=False)
            case _:
                here: Path = (*path, key) if parents and key is not None else ()
                yield here, line
                if sign in "{[":
                    parents.append((path, key))
                    path, key = here, 0 if sign == "[" else None


def read_yaml(body: bytes) -> ParsedFile:
    """Return the document of a YAML 1.2 file. Raises `MalformedRequest` with the line."""
    text = decode(body)
    builder = _Builder()
    try:
        for event in yaml.parse(text, _YAML_LOADER):
            builder.add(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MalformedRequest(f"第 {line} 行：不是正确的 YAML；请检查缩进、冒号和引号。") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise MalformedRequest(f"第 {line} 行：含有 YAML 不允许的控制字符，请删去。") from None
    except (yaml.YAMLError, RecursionError):
        raise MalformedRequest("文件不是正确的 YAML；请检查缩进、冒号和引号。") from None
    if not builder.lines:
        raise MalformedRequest("文件是空的。")
    return ParsedFile(builder.root, lambda: builder.lines)


_NO_KEY = object()


class _Builder:
    """Builds the value that the events of a parser describe. `lines`: the line of each value, by its path."""

    def __init__(self) -> None:
        self.root: Any = None
        self.lines: dict[Path, int] = {}
        self._open: list[tuple[dict[str, Any] | list[Any], Path]] = []
        self._key: Any = _NO_KEY  # of the next value in the innermost mapping
        self._nodes = 0

    def add(self, event: yaml.Event) -> None:
        """Take in the next event. Raises `MalformedRequest`."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.ScalarEvent():
                self._add_scalar(event, line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
                    raise MalformedRequest(f"第 {line} 行：不支持标签（!）。")
                if len(self._open) >= MAX_DEPTH:
                    raise MalformedRequest(f"第 {line} 行：嵌套太深，最多 {MAX_DEPTH} 层。")
                inner: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
                path = self._add(inner, line)
                self._open.append((inner, path))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
            case yaml.AliasEvent():
                raise MalformedRequest(f"第 {line} 行：不支持引用（& 和 *）。")
            case yaml.DocumentStartEvent() if self.lines:
                raise MalformedRequest(f"第 {line} 行：一个文件只能有一份内容（---）。")

    def _add_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        container = self._open[-1][0] if self._open else None
        if isinstance(container, dict) and self._key is _NO_KEY:
            if event.value in container:
                raise MalformedRequest(_twice(line, event.value))
            self._key = event.value
            return
        try:
            self._add(_scalar(event), line)
        except ValueError:
            raise MalformedRequest(f"第 {line} 行：数字或标签不对。") from None

    def _add(self, value: Any, line: int) -> Path:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _too_much()
        if not self._open:
            self.root = value
            path: Path = ()
        else:
            container, above = self._open[-1]
            if isinstance(container, list):
                path = (*above, len(container))
                container.append(value)
            elif self._key is _NO_KEY:
                raise MalformedRequest(f"第 {line} 行：键应为文字。")
            else:
                path = (*above, self._key)
                container[self._key] = value
                self._key = _NO_KEY
        self.lines[path] = line
        return path


_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES = {"0o": 8, "0x": 16}
_TAG = "tag:yaml.org,2002:"


def _scalar(event: yaml.ScalarEvent) -> Any:
    """The value of a scalar in YAML 1.2's core schema. Raises `ValueError` for a tag or a number that is not in it."""
    text: str = event.value
    if event.tag in ("!", f"{_TAG}str") or (event.tag is None and not event.implicit[0]):
        return text
    if event.tag is None or event.tag in (f"{_TAG}int", f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null"):
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _INTEGER.fullmatch(text):
            return int(text[2:], _BASES[text[:2]]) if text[:2] in _BASES else int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        if event.tag is None:
            return text
    raise ValueError(event.tag)


def _twice(line: int, key: str) -> str:
    # a key is named where it is a field's, and not where somebody may have put a number of a person
    named = f"“{key}”" if len(key) <= 40 and visible(key) == key and not re.search("[0-9]{5}", key) else "同一个键"
    return f"第 {line} 行：{named}出现了两次，后一个会取代前一个；请只保留一个。"


def _too_much() -> MalformedRequest:
    return MalformedRequest(f"文件的内容太多（最多 {MAX_NODES} 个值），请分批导入。")
