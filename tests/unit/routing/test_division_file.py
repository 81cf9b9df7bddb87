"""Parsing of CSV and JSON lists of divisions."""

import json

import pytest

from bianmin.kit.problems import MalformedRequest
from services.routing.api.division_file import read_csv, read_json
from services.routing.domain.directory.divisions import InvalidDivisions

PLAIN = "code,level,name\n52,province,贵州省\n5201,city,贵阳市\n"


def rows(text: str | bytes) -> list[tuple[str, str | None, str]]:
    body = text.encode() if isinstance(text, str) else text
    return [(each.code, each.level, each.name) for each in read_csv(body)]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip("\n"),
        PLAIN + "\n\n,,\n",
        PLAIN.replace("52,province", " 52 , province"),
        PLAIN.replace("code,level,name", "Code, Level ,NAME"),
        'name,code,level\n贵州省,52,province\n"贵阳市",5201,city\n',
    ],
)
def test_csv_variants_of_spreadsheets_are_parsed(text: str) -> None:
    assert rows(text) == [("52", "province", "贵州省"), ("5201", "city", "贵阳市")]


def test_a_name_may_hold_commas_and_quotes() -> None:
    assert rows('code,level,name\n52,province,"贵州,""黔""省"\n')[0][2] == '贵州,"黔"省'


def test_each_division_has_its_line_number() -> None:
    assert [each.place for each in read_csv(("code,level,name\n\n52,province,贵州省\n").encode())] == ["第 3 行"]


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("code,level", ["column_missing"]),
        ("52,province,贵州省", ["column_missing"] * 3 + ["column_unknown"] * 3),
        ("code,level,name,population", ["column_unknown"]),
        ("code,level,name,name", ["column_unknown"]),
        ("", ["column_missing"] * 3),
    ],
)
def test_a_wrong_heading_is_refused_with_its_line(heading: str, codes: list[str]) -> None:
    with pytest.raises(InvalidDivisions) as refused:
        rows(heading + "\n52,province,贵州省\n")
    assert [error.code for error in refused.value.errors] == codes
    assert all(error.detail.startswith("第 1 行") for error in refused.value.errors)


@pytest.mark.parametrize("line", ["52,province", "52,province,贵州,省", "52"])
def test_a_line_with_too_few_or_too_many_columns_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(InvalidDivisions) as refused:
        rows(f"{PLAIN}{line}\n{line}\n")
    assert [(error.pointer, error.detail[:5]) for error in refused.value.errors] == [
        ("/2", "第 4 行"),
        ("/3", "第 5 行"),
    ]
    assert "贵州" not in refused.value.errors[0].detail


@pytest.mark.parametrize("text", ["", "code,level,name\n", "code,level,name\n,,\n"])
def test_an_empty_list_is_refused(text: str) -> None:
    with pytest.raises(InvalidDivisions):
        rows(text)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('code,level,name\n\n52,province,"贵州省\n5201,city,贵阳市\n'.encode(), 3),
        ('code,level,name\n52,province,"贵"州省\n'.encode(), 2),
        ("code,level,name\n52,province,贵州省\n".encode("gbk"), 2),
        (b"\xff\xfe" + PLAIN.encode("utf-16-le"), 1),
    ],
)
def test_malformed_csv_is_refused_with_its_line(body: bytes, line: int) -> None:
    with pytest.raises(MalformedRequest, match=f"第 {line} 行"):
        rows(body)


def test_a_json_list_is_parsed_like_csv() -> None:
    listed = [{"code": "52", "level": "province", "name": " 贵州省 "}]
    (each,) = read_json(json.dumps(listed).encode())
    assert (each.code, each.level, each.name, each.place) == ("52", "province", "贵州省", "第 1 项")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ('[{"code": "52", "level": "province"}]', [("/0/name", "missing")]),
        ('[{"code": 52, "level": "province", "name": "贵州省"}]', [("/0/code", "string_type")]),
        ('[{"code": "52", "level": "province", "name": "贵州省", "x": 1}]', [("/0/x", "extra_forbidden")]),
        ("{}", [("/items", "missing")]),
        ("1", [("", "model_type")]),
        ("[]", []),
    ],
)
def test_a_wrong_json_list_is_refused_entry_by_entry(body: str, errors: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidDivisions) as refused:
        read_json(body.encode())
    assert [(error.pointer, error.code) for error in refused.value.errors] == errors


@pytest.mark.parametrize("body", [b"", b"[", b"code,level,name"])
def test_malformed_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_json(body)
