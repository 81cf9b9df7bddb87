"""Output where it is not UTF-8: documents are UTF-8 all the same, and no sign makes a command fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ENCODINGS = ["ascii", "gbk", "latin-1"]
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


def command(encoding: str, *arguments: str, data: Path) -> subprocess.CompletedProcess[bytes]:
    environ = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "BIANMIN_DATA": str(data),
        "BIANMIN_DATABASE_URL": NOWHERE,
        "BIANMIN_LOG_URL": "kafka://127.0.0.1:1",
    }
    command = [sys.executable, "-m", "command.app", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_g13_documents_are_utf_8_whatever_the_encoding_of_the_output(encoding: str, tmp_path: Path) -> None:
    done = command(encoding, "openapi", "intake", data=tmp_path)
    assert done.returncode == 0, done.stderr.decode(encoding)
    assert "便民" in json.dumps(json.loads(done.stdout.decode("utf-8")), ensure_ascii=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_g13_no_sign_makes_a_command_fail(encoding: str, tmp_path: Path) -> None:
    doctor = command(encoding, "doctor", data=tmp_path)
    assert doctor.returncode == 1  # there is no database
    assert b"Error" not in doctor.stderr
    assert "OK " in doctor.stdout.decode(encoding)
    reconcile = command(encoding, "reconcile", data=tmp_path)
    assert reconcile.returncode == 2
    assert b"Traceback" not in reconcile.stderr
    assert command(encoding, "--help", data=tmp_path).returncode == 0


def test_g13_a_file_is_utf_8(tmp_path: Path) -> None:
    with (tmp_path / "help").open("wb") as file:
        command = [sys.executable, "-m", "command.app", "--help"]
        subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": "gbk"}, stdout=file, check=True)
    assert "便民" in (tmp_path / "help").read_text(encoding="utf-8")
