"""A process whose background work has stopped is not ready, and ends, so that its supervisor starts a new one."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx2
import pytest

from bianmin.kit.watchdog import EXIT_CODE
from command.deployment import SERVICES
from tests.brokers import free_port
from tests.county import STATION, a_registration
from tests.fault.crashing_server import CrashingServer, start_with_county, wait_for_events


@pytest.mark.parametrize(("how", "reason"), [("silent", "subscriber: no attempt for"), ("ended", "subscriber: ended")])
async def test_g0_g21_a_process_whose_subscriber_has_stopped_ends_itself(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path, how: str, reason: str
) -> None:
    command = [sys.executable, "-m", "tests.fault.stuck_process", await migrated(SERVICES), str(tmp_path)]
    done = await asyncio.to_thread(
        subprocess.run, [*command, str(free_port()), how], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == EXIT_CODE, done.stderr[-3000:]
    lines = [line for line in done.stderr.splitlines() if "process.ends" in line]
    assert len(lines) == 1
    assert reason in lines[0]


async def disconnect_all(url: str) -> None:
    """End every connection to the database: all background tasks log that."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_g21_without_a_reader_of_its_log_a_process_goes_on(server: CrashingServer) -> None:
    read_end, write_end = os.pipe()
    server.stderr = write_end
    someone = await start_with_county(server)
    os.close(read_end)
    await disconnect_all(server.url)
    assert (await someone("window", STATION).post("/cases", a_registration())).status_code in (201, 503)
    await server.ready()
    assert (await someone("window", STATION).post("/cases", a_registration())).status_code == 201
    await wait_for_events(server)
    assert server.crashes == 0
    os.close(write_end)


async def test_g30_a_process_whose_data_is_deleted_ends_with_a_clear_line(tmp_path: Path) -> None:
    environment = {**os.environ, "BIANMIN_DATA": str(tmp_path / "data"), "BIANMIN_PORT": str(free_port())}
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "command.app", "up"], env=environment, stderr=output)
    try:
        async with asyncio.timeout(90), httpx2.AsyncClient() as http:
            await until_ready(http, environment["BIANMIN_PORT"])
            pid_file = tmp_path / "data/postgres/data/postmaster.pid"
            killed = pid_file.read_text().split()[0]
            os.kill(int(killed), signal.SIGKILL)
            while not pid_file.exists() or pid_file.read_text().split()[0] == killed:
                await asyncio.sleep(0.1)
            await until_ready(http, environment["BIANMIN_PORT"])
            shutil.rmtree(tmp_path / "data/postgres/data")
            assert await asyncio.to_thread(process.wait) == EXIT_CODE
    finally:
        process.kill()
        process.wait()
    [line] = [line for line in (tmp_path / "log").read_text().splitlines() if "process.ends" in line]
    assert "已被删除或移走" in line


async def until_ready(http: httpx2.AsyncClient, port: str) -> None:
    while True:
        with contextlib.suppress(httpx2.HTTPError):
            if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                return
        await asyncio.sleep(0.1)
