"""Parse a list of divisions, CSV or JSON; each error names its line."""

import csv
import io
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from bianmin.kit import documents
from bianmin.kit.problems import MalformedRequest
from bianmin.kit.refusals import FieldError
from bianmin.kit.validation_errors import describe_error
from services.routing.api.bodies.directory import DivisionIn, DivisionsIn
from services.routing.domain.directory.divisions import MAX_ERRORS, Division, InvalidDivisions

COLUMNS = ("code", "level", "name")
_LIST = TypeAdapter(list[DivisionIn])


def read_json(body: bytes) -> tuple[Division, ...]:
    """Parse `{"items": [...]}`, or the list alone.

    Raises `MalformedRequest` when it is no JSON, `InvalidDivisions` with each entry that is no division.
    """
    value = documents.read_json(body).value
    try:
        listed = _LIST.validate_python(value) if isinstance(value, list) else DivisionsIn.model_validate(value).items
    except ValidationError as failure:
        found = failure.errors(include_url=False, include_input=False)
        raise _invalid([describe_error({**each, "loc": ("body", *each["loc"])}, value) for each in found]) from None
    return _not_empty(
        [Division(entry.code, entry.level, entry.name, f"第 {n} 项") for n, entry in enumerate(listed, 1)]
    )


def read_csv(body: bytes) -> tuple[Division, ...]:
    """Parse CSV (RFC 4180) with a heading.

    Raises `MalformedRequest` when it is no CSV, `InvalidDivisions` with each line of another shape.
    """
    lines = csv.reader(io.StringIO(documents.decode(body), newline=""), strict=True)
    divisions: list[Division] = []
    errors: list[FieldError] = []
    last_line = 0
    try:
        heading = [cell.strip().lower() for cell in next(lines, [])]
        indexes, last_line = _column_indexes(heading), lines.line_num
        for cells in lines:
            last_line = lines.line_num
            if not any(cell.strip() for cell in cells):
                continue  # spreadsheets append empty lines
            place = f"第 {last_line} 行"
            if len(cells) != len(heading):
                pointer = f"/{len(divisions) + len(errors)}"
                detail = f"{place}：应有 {len(heading)} 列；名称中有逗号的，请用双引号括起来"
                errors.append(FieldError(pointer, "columns", detail))
                continue
            code, level, name = (cells[n].strip() for n in indexes)
            divisions.append(Division(code, level, name, place))
    except csv.Error as error:
        # the line where the entry begins: the parser notices an unclosed quote only at the end
        raise MalformedRequest(f"第 {last_line + 1} 行：不是正确的 CSV；请检查双引号是否成对。") from error
    if errors:
        raise _invalid(errors)
    return _not_empty(divisions)


def _column_indexes(heading: Sequence[str]) -> list[int]:
    """The index of each column. Raises `InvalidDivisions` unless exactly these columns are there, in any order."""
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
        raise _invalid(errors)
    return [heading.index(name) for name in COLUMNS]


def _not_empty(divisions: Sequence[Division]) -> tuple[Division, ...]:
    if not divisions:
        raise InvalidDivisions("没有可以导入的行政区划；表头之后每行一个：代码、级别、名称。")
    return tuple(divisions)


def _invalid(errors: Sequence[FieldError]) -> InvalidDivisions:
    return InvalidDivisions("行政区划有误，全部没有导入；请按 errors 更正后重新导入。", errors=errors[:MAX_ERRORS])
