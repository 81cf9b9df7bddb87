"""JSON and YAML from outside: unique keys, YAML 1.2, lines, and limits while parsing."""

import json
import tracemalloc
from typing import Any

import pytest

from bianmin.kit.documents import MAX_NODES, parse_json, read_json, read_yaml
from bianmin.kit.problems import MalformedRequest


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("010", 10),
        ("08", 8),
        ("05", 5),
        ("0o17", 15),
        ("0x1F", 31),
        ("+7", 7),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("2026-11-23", "2026-11-23"),
        ("'010'", "010"),
        ("!!str 010", "010"),
        ("𮯰", "𮯰"),
    ],
)
def test_g6_scalars_are_those_of_yaml_1_2(written: str, value: Any) -> None:
    found = read_yaml(f"a: {written}\n".encode()).value["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\nlegal: {value: 5}\nb: 2\nlegal: {value: 50}\n", 4, "legal"),
        ("items:\n- code: A\nitems:\n- code: B\n", 3, "items"),
        ("items:\n- {code: A,\n   code: B}\n", 3, "code"),
        ("? a\n: 1\n'a': 2\n", 3, "a"),
    ],
)
def test_g6_a_key_that_is_twice_in_yaml_is_refused_with_its_line(text: str, line: int, key: str) -> None:
    with pytest.raises(MalformedRequest, match=f"^第 {line} 行：“{key}”出现了两次"):
        read_yaml(text.encode())


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('{"a": 1,\n"legal": 5,\n"legal": 50}', 3, "legal"),
        ('{"b": {"x": 1},\n"a": [{"x": 1},\n{"x": 1, "\\u0078": 2}]}', 3, "x"),
        ('{"t": "\\"a\\": 1, }{",\n"面积": 1,\n\n"面积": 2}', 4, "面积"),
    ],
)
def test_g6_a_key_that_is_twice_in_json_is_refused_with_its_line(text: str, line: int, key: str) -> None:
    for read in (parse_json, lambda text: read_json(text.encode())):
        with pytest.raises(MalformedRequest, match=f"^第 {line} 行：“{key}”出现了两次"):
            read(text)


def test_g6_a_key_that_may_be_a_number_of_a_person_is_not_repeated() -> None:
    with pytest.raises(MalformedRequest) as refused:
        parse_json('{"52999919000101000X": 1, "52999919000101000X": 2}')
    assert "5299" not in refused.value.detail


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}', "{", "[" * 100_000, '{"a": 1}}', "1" * 5000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_json(text)


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "a: 1\n---\nb: 1", "? [a]\n: b", "a: !!binary aGk=", "", "# no", "a: [", "a: \x07"]
)
def test_what_yaml_has_beyond_plain_values_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        read_yaml(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "items: [" + "[]," * MAX_NODES + "]",
        "items: [" + "a," * MAX_NODES,
        "{a: " * 1000,
        "- " * 1000 + "a",
        "[" * 100_000,
    ],
)
def test_g22_what_would_grow_without_end_is_refused_while_it_is_parsed(text: str) -> None:
    """The rest of the file is broken, and nobody notices: it is not read."""
    with pytest.raises(MalformedRequest, match=r"太多|太深"):
        read_yaml((text + "\n\t}{").encode())


def test_g22_json_of_very_many_values_is_refused_before_it_is_built() -> None:
    with pytest.raises(MalformedRequest, match="太多"):
        read_json(b'{"items": [' + b"{}," * MAX_NODES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("[" + "0," * MAX_NODES + "0]", "太多"), ("[" * 40 + "]" * 40, "太深"), ('{"a":' * 40 + "0" + "}" * 40, "太深")],
)
def test_g22_json_files_have_the_limits_of_yaml_files(text: str, reason: str) -> None:
    with pytest.raises(MalformedRequest, match=reason):
        read_json(text.encode())


def test_g6_g22_a_key_that_is_twice_deep_inside_a_body_costs_little_memory() -> None:
    text = "[" * 800 + "0,\n" * 50_000 + '{"a": 1, "a": 2}' + "]" * 800
    tracemalloc.start()
    try:
        with pytest.raises(MalformedRequest, match=r"^第 50001 行：“a”出现了两次"):
            parse_json(text)
        assert tracemalloc.get_traced_memory()[1] < 20 * len(text)
    finally:
        tracemalloc.stop()


def test_lines_are_those_of_the_innermost_value() -> None:
    value = {"items": [{"code": "A", "materials": [["x", "o"], []]}, {"code": "B", "t": "a,\\"}]}
    for text in (json.dumps(value, indent=1), json.dumps(value, indent="\t")):
        parsed = read_json(text.encode())
        assert parsed.value == value
        lines = text.split("\n")
        assert '"A"' in lines[parsed.line_of(("items", 0, "code")) - 1]
        assert '"o"' in lines[parsed.line_of(("items", 0, "materials", 0, 1)) - 1]
        assert '"t"' in lines[parsed.line_of(("items", 1, "t", "text")) - 1]
    parsed = read_yaml(b"items:\n- code: A\n\n- code: B\n  t: [1,\n   2]\n")
    assert [parsed.line_of(path) for path in ((), ("items", 1), ("items", 1, "t", 1), ("items", 1, "t", 7))] == [
        1,
        4,
        6,
        5,
    ]
