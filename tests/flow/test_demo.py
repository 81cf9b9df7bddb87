"""A small demo as a user runs it; its printed statistics match the planned cases."""

import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from command.demo.county import load_county
from command.demo.run import SEED
from command.demo.tables import MODES
from command.demo.week import plan_cases
from tests.brokers import free_port

CASES = 60


def test_the_demo_plays_its_week_and_ends_by_itself(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")}
    done = subprocess.run(
        [sys.executable, "-m", "command.app", "demo", "--cases", str(CASES), "--data", str(tmp_path)],
        env={**environment, "COLUMNS": "200"},
        capture_output=True,
        check=False,
    )
    printed = done.stdout.decode()
    assert done.returncode == 0, printed + done.stderr.decode()
    planned = Counter(case.item.mode for case in plan_cases(load_county(), CASES, random.Random(SEED)))
    for mode, name in MODES.items():
        assert re.findall(rf"│ {name} +│ (\d+)", printed) == [str(planned[mode])]
    assert f"{CASES} 个办件" in printed
    checked = subprocess.run(
        [sys.executable, "-m", "command.app", "reconcile", "--data", str(tmp_path)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout.decode()


def test_after_sigterm_the_demo_leaves_no_database_running(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")}
    background = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]  # as a script's `&` starts it
    command = [
        *background,
        sys.executable,
        "-m",
        "command.app",
        "demo",
        "--keep",
        "--cases",
        "10",
        "--port",
        str(free_port()),
    ]
    with subprocess.Popen([*command, "--data", str(tmp_path)], env=environment, stdout=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "试一试" in line.decode():
                break
        postmaster = Path(f"/proc/{(tmp_path / 'postgres/data/postmaster.pid').read_text().split()[0]}")
        assert postmaster.exists()
        demo.terminate()
        try:
            assert demo.wait(60) == 0
        finally:
            demo.kill()
    assert not postmaster.exists()
