import os
import subprocess
from pathlib import Path

import pytest

from tests.source import ROOT


@pytest.fixture(scope="session")
def tools() -> Path:
    """The directory of the installed generators and libraries; skips where they cannot be had.

    With `BIANMIN_TEST_CLIENTS` set they have to be there.
    """
    check = subprocess.run(["sh", ROOT / "scripts/setup-clients", "--check"], capture_output=True, text=True)
    if check.returncode != 0:
        assert "BIANMIN_TEST_CLIENTS" not in os.environ, check.stderr
        pytest.skip(check.stderr.strip())
    return ROOT / ".clients"


@pytest.fixture
def node(tools: Path, tmp_path: Path) -> Path:
    """A directory in which Node finds the installed packages."""
    directory = tmp_path / "typescript"
    directory.mkdir()
    (directory / "node_modules").symlink_to(tools / "typescript" / "node_modules")
    return directory
