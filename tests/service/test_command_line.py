"""The command line on a database or a secret that is not its own says what to do."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from services.reporting.app import SERVICE as REPORTING
from tests.harness import running_harness

COMMANDS = [("reconcile",), ("parked", "list"), ("serve", "intake")]


async def command(url: str, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "BIANMIN_DATABASE_URL": url, "BIANMIN_DATA": str(data), "BIANMIN_PORT": "0"}
    line = [sys.executable, "-m", "command.app", *arguments]
    return await asyncio.to_thread(subprocess.run, line, env=environ, capture_output=True, text=True, check=False)


async def set_version(url: str, version: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for service in SERVICES:
        await connection.execute(f"UPDATE {service.name}.alembic_version SET version_num = '{version}'")
    await connection.close()


@pytest.mark.parametrize("arguments", COMMANDS)
async def test_g34_a_program_older_than_its_database_says_so(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    url = await migrated(SERVICES)
    await set_version(url, "9999")
    done = await command(url, tmp_path, *arguments)
    assert done.returncode in (1, 2)
    assert "请升级程序" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS[:2])
async def test_g34_a_database_without_tables_is_named(
    new_database: Callable[[], Awaitable[str]], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = await command(await new_database(), tmp_path, *arguments)
    assert done.returncode in (1, 2)
    assert "bianmin migrate" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


async def test_g18_a_token_of_another_data_directory_is_refused_with_what_to_do(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    async with running_harness(await migrated([REPORTING]), [REPORTING], mine) as harness:
        issued = await command("postgresql+asyncpg://nobody@127.0.0.1:1/x", other, *TOKEN)
        assert str(other / "dev.secret") in issued.stderr.replace("\n", "")
        token = issued.stdout.splitlines()[-1]
        answer = await harness.http.get("/api/v1/reports/performance", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert f"--data {mine}" in answer.json()["detail"]


TOKEN = ("token", "--role", "manager", "--org", "520111")


def test_g18_only_a_secret_of_the_data_directory_has_a_file(tmp_path: Path) -> None:
    assert Settings.load({}, data=tmp_path).token_secret_file() == tmp_path / "dev.secret"
    given = {"BIANMIN_JWT_SECRET": "a secret that somebody has set by a variable"}
    assert Settings.load(given, data=tmp_path).token_secret_file() is None
