"""What the documents name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
_TOP = ("bianmin/", "services/", "command/", "bench/", "tests/", "docs/", "deploy/", "scripts/", "contract/")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_file_it_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w./-]+)`", text) if name.startswith(_TOP)}
    linked = set(re.findall(r"\]\(([^)#:]+)\)", text))
    missing = [name for name in named if not (ROOT / name).exists() and name != "deploy/secrets/"]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_it_names_is_one(page: Path) -> None:
    commands = set(re.findall(r"^@app\.command.*\ndef (\w+)", (ROOT / "command/app.py").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bbianmin (\w+)", page.read_text(encoding="utf-8"))) - {"parked"}
    assert {name for name in named if name.islower() and name.isascii()} <= commands


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_it_names_no_package_index(page: Path) -> None:
    assert not re.search(r"pypi\.org|files\.pythonhosted|simple/", page.read_text(encoding="utf-8"))
