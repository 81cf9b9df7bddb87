"""`scripts/audit` never says that nothing is vulnerable when nothing was looked up."""

import os
import subprocess

import pytest

from tests.source import ROOT


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "text"),
    [
        pytest.param(["pypi"], {"PYTHON": "false"}, 3, "NOT AUDITED", id="no environment"),
        pytest.param(["elsewhere"], {}, 2, "usage", id="unknown source"),
    ],
)
def test_g35_an_audit_that_could_not_be_made_says_so(
    arguments: list[str], environ: dict[str, str], code: int, text: str
) -> None:
    command = ["sh", str(ROOT / "scripts/audit"), *arguments]
    run = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, timeout=120)
    assert run.returncode == code, run.stderr
    assert text in run.stderr
    assert "no known" not in run.stdout + run.stderr
