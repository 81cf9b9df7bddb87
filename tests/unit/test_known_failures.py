"""The page of what failed elsewhere, and the tests that it names, say the same."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/known-failures.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([A-G]\d+) \|(.*)$", PAGE, re.MULTILINE))
NUMBERED = {"A": 18, "B": 13, "C": 19, "D": 28, "E": 5}
"""The last row of each part that is numbered without gaps; the rows of part G only follow one another."""
TESTS = {
    name: path
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_[a-g]\d+_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def rows_of(test: str) -> list[str]:
    """`test_a3_a4_nine_days…` is about A3 and A4."""
    found = re.match(r"test_((?:[a-g]\d+_)+)", test)
    assert found is not None
    return found[1].upper().strip("_").split("_")


def test_every_row_is_there_in_its_order() -> None:
    numbered = [row for row in ROWS if row[0] in NUMBERED]
    assert numbered == [f"{part}{n}" for part, last in NUMBERED.items() for n in range(1, last + 1)]
    assert list(ROWS) == sorted(ROWS, key=lambda row: (row[0], int(row[1:])))


def test_every_row_has_a_test_that_is_named_after_it() -> None:
    shown = {row for test in TESTS for row in rows_of(test)}
    assert [row for row in ROWS if row not in shown] == []


def test_every_test_that_is_named_after_a_row_is_on_the_page_and_every_one_on_the_page_exists() -> None:
    named = set(re.findall(r"`(test_[a-g]\d+_\w+)`", PAGE))
    assert sorted(named ^ TESTS.keys()) == []


def test_rows_name_the_files_of_their_tests() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in TESTS.values()}
    for test, path in TESTS.items():
        assert path.relative_to(ROOT).as_posix() in PAGE, test
    assert files <= set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
