"""What the documents name exists: files, names in files, commands, the code names of the glossary."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.source import ROOT, defined_names, modules_in

PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
GLOSSARY = ROOT / "docs/glossary.md"
CODE = ("bianmin", "services", "command", "bench", "tests")
FOLDERS = (*(f"{folder}/" for folder in CODE), "docs/", "deploy/", "scripts/", "contract/")
MADE_LATER = {"deploy/secrets/"}
"""Made by a command that the document explains."""


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w./-]+)`", text) if name.startswith(FOLDERS)} - MADE_LATER
    linked = set(re.findall(r"\]\(([^)#:]+)\)", text))
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert sorted(missing) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_name_in_a_file_that_a_page_names_exists(page: Path) -> None:
    """Written as `path:name`, or `path:Class.name`; the name stands in the text of a file that is not Python."""
    named = re.findall(r"`([\w/-]+[\w./-]*):([\w.]+)`", page.read_text(encoding="utf-8"))
    places = [(path, name) for path, name in named if path.startswith(FOLDERS)]
    assert [f"{path}:{name}" for path, name in places if not _defines(path, name)] == []


def test_every_code_name_of_the_glossary_exists() -> None:
    """Words in backquotes in the tables: classes, functions, fields, values, parts of event types."""
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    words = {word for row in rows for word in re.findall(r"`([A-Za-z][\w.]*)`", row)}
    assert sorted(words - _code_names()) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    commands = set(re.findall(r"^@app\.command.*\ndef (\w+)", (ROOT / "command/app.py").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bbianmin (\w+)", page.read_text(encoding="utf-8"))) - {"parked"}
    assert {name for name in named if name.islower() and name.isascii()} <= commands


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_no_page_names_a_package_index(page: Path) -> None:
    assert not re.search(r"pypi\.org|files\.pythonhosted|simple/", page.read_text(encoding="utf-8"))


def _defines(path: str, name: str) -> bool:
    for module in modules_in(*CODE):
        if module.path == path:
            return name in defined_names(module)
    file = ROOT / path
    return file.is_file() and name in file.read_text(encoding="utf-8")


@cache
def _code_names() -> frozenset[str]:
    """Every name and every word of a text in the product's code."""
    names: set[str] = set()
    for module in modules_in("bianmin", "services", "command"):
        names |= defined_names(module)
        for node in ast.walk(module.tree):
            match node:
                case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                    names.add(name)
                case ast.Constant(value=str() as text):
                    names |= {text, *text.split(".")}
                case _:
                    pass
    return frozenset(names)
