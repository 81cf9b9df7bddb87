"""`python -m bianmin.events`."""

import json
from pathlib import Path

import pytest

from bianmin.events import contract
from bianmin.events.__main__ import main

NAME = "cn.bianmin.case.registered.v1"
PROMISED = contract.SCHEMAS / f"{NAME}.json"
GONE = "cn.bianmin.case.cancelled.v1"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One whose files are right."""
    assert main(["--root", str(tmp_path), "write"]) == 0
    return tmp_path


def promise_more(checkout: Path) -> str:
    """Commit to a field that no model has."""
    schema = json.loads((checkout / PROMISED).read_text())
    schema["properties"]["data"]["properties"]["urgency"] = {"type": "string"}
    (checkout / PROMISED).write_text(json.dumps(schema))
    return (checkout / PROMISED).read_text()


def test_check_accepts_what_write_wrote(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(checkout), "check"]) == 0
    assert capsys.readouterr().err == ""


def test_check_names_every_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(tmp_path), "check"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [f"  {path}" for path in contract.files()]


def test_check_names_a_stale_file(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / contract.CATALOGUE).write_text("")
    assert main(["--root", str(checkout), "check"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [f"  {contract.CATALOGUE}"]
    assert main(["--root", str(checkout), "write"]) == 0
    assert main(["--root", str(checkout), "check"]) == 0


def test_check_names_broken_promises_and_stale_files(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    promise_more(checkout)
    assert main(["--root", str(checkout), "check"]) == 1
    said = capsys.readouterr().err
    assert f"{NAME} /properties/data/properties/urgency: the field was removed" in said
    assert f"  {PROMISED}\n" in said


def test_write_refuses_to_break_a_promise(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = promise_more(checkout)
    (checkout / contract.CATALOGUE).write_text("")
    assert main(["--root", str(checkout), "write"]) == 1
    assert (checkout / PROMISED).read_text() == before
    assert (checkout / contract.CATALOGUE).read_text() == ""
    said = capsys.readouterr().err
    assert said.startswith("nothing was written")
    assert "--force" in said
    assert f"{NAME} /properties/data/properties/urgency: the field was removed" in said


def test_write_by_force_names_what_it_broke(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    promise_more(checkout)
    (checkout / contract.SCHEMAS / f"{GONE}.json").write_text("{}")
    assert main(["--root", str(checkout), "write", "--force"]) == 0
    said = capsys.readouterr().err
    assert said.startswith("written")
    assert "urgency" in said
    assert GONE in said
    assert main(["--root", str(checkout), "check"]) == 0


def test_check_compares_with_the_given_schemas(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    main_branch = tmp_path_factory.mktemp("main-branch")
    (main_branch / f"{GONE}.json").write_text("{}")
    assert main(["--root", str(checkout), "check", "--against", str(main_branch)]) == 1
    assert f"{GONE} (whole event): the type was removed" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--root", str(checkout), "check", "--against", str(main_branch / "nowhere")])
