"""A list of divisions, CSV or JSON, read with the line of each mistake."""

import csv
import io
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from bianmin.kit.problems import Malformed, told
from bianmin.kit.refusals import FieldError
from services.routing.api.bodies import DivisionIn
from services.routing.domain.divisions import MOST_ERRORS, Division, DivisionsFaulty

COLUMNS = ("code", "level", "name")
_JSON = TypeAdapter(list[DivisionIn])


def read_json(body: bytes) -> tuple[Division, ...]:
    """A JSON list. Raises `Malformed` when it is no JSON, `DivisionsFaulty` with each entry that is no division."""
    try:
        listed = _JSON.validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if any(one["type"] == "json_invalid" for one in found):
            raise Malformed("请求体不是正确的 JSON；请检查引号、逗号和编码（UTF-8）。") from None
        raise _faulty([FieldError(*told({**one, "loc": ("body", *one["loc"])})) for one in found]) from None
    return _some([Division(one.code, one.level, one.name, f"第 {n} 项") for n, one in enumerate(listed, 1)])


def read_csv(body: bytes) -> tuple[Division, ...]:
    """CSV (RFC 4180) with a heading. Raises `Malformed` when it cannot be read, `DivisionsFaulty` with odd lines."""
    lines = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    divisions: list[Division] = []
    errors: list[FieldError] = []
    read = 0
    try:
        heading = [cell.strip().lower() for cell in next(lines, [])]
        where, read = _places(heading), lines.line_num
        for cells in lines:
            read = lines.line_num
            if not any(cell.strip() for cell in cells):
                continue  # spreadsheets leave empty lines behind
            place = f"第 {read} 行"
            if len(cells) != len(heading):
                pointer = f"/{len(divisions) + len(errors)}"
                told_of = f"{place}：应有 {len(heading)} 列；名称中有逗号的，请用双引号括起来"
                errors.append(FieldError(pointer, "columns", told_of))
                continue
            code, level, name = (cells[n].strip() for n in where)
            divisions.append(Division(code, level, name, place))
    except csv.Error as error:
        # where the entry begins: a quote that is never closed is noticed only at the end
        raise Malformed(f"第 {read + 1} 行：不是正确的 CSV；请检查双引号是否成对。") from error
    if errors:
        raise _faulty(errors)
    return _some(divisions)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Malformed(f"第 {line} 行：不是 UTF-8 编码；请另存为“CSV UTF-8”后再导入。") from error


def _places(heading: Sequence[str]) -> list[int]:
    """Where the columns stand; exactly these are there, in any order."""
    errors = [
        FieldError("", "column_missing", f"第 1 行：缺少 {name} 列；表头应为 {','.join(COLUMNS)}")
        for name in COLUMNS
        if name not in heading
    ]
    errors += [
        FieldError("", "column_unknown", f"第 1 行：第 {n} 列不认识或重复；表头应为 {','.join(COLUMNS)}")
        for n, name in enumerate(heading, 1)
        if name not in COLUMNS or name in heading[: n - 1]
    ]
    if errors:
        raise _faulty(errors)
    return [heading.index(name) for name in COLUMNS]


def _some(divisions: Sequence[Division]) -> tuple[Division, ...]:
    if not divisions:
        raise DivisionsFaulty("没有可以导入的行政区划；表头之后每行一个：代码、级别、名称。")
    return tuple(divisions)


def _faulty(errors: Sequence[FieldError]) -> DivisionsFaulty:
    return DivisionsFaulty("行政区划有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors[:MOST_ERRORS])
