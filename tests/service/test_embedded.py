"""The private PostgreSQL, for real: in memory, without fsync."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from bianmin.kit.embedded import EmbeddedError, EmbeddedPostgres
from tests.databases import query

MEMORY = Path("/dev/shm")

ANOTHER = """
import sys
from pathlib import Path
from bianmin.kit.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fsync=False)
server.start()
print(server.url("postgres"), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.exists() else None, prefix="bianmin-"))
    directory.chmod(0o711)  # as root, PostgreSQL's account has to pass
    yield directory / "postgres"
    if pid_of(directory / "postgres") is not None:
        left = EmbeddedPostgres(directory / "postgres")
        with suppress(EmbeddedError):
            left.start(own=True)
            left.stop()
    shutil.rmtree(directory)


class Join(Protocol):
    """Makes a process's view of the server; it leaves at the end, if the test did not."""

    def __call__(self, at: Path | None = None, *, fsync: bool = False) -> EmbeddedPostgres: ...


@pytest.fixture
def join(home: Path) -> Iterator[Join]:
    with ExitStack() as stack:

        def joined(at: Path | None = None, *, fsync: bool = False) -> EmbeddedPostgres:
            server = EmbeddedPostgres(at or home, fsync=fsync)
            stack.callback(server.stop)
            return server

        yield joined


def pid_of(home: Path) -> int | None:
    """The id of the server that runs; a clean stop takes the file away."""
    file = home / "data" / "postmaster.pid"
    return int(file.read_text().split()[0]) if file.exists() else None


def another_process(home: Path, **environ: str) -> subprocess.Popen[str]:
    """A process that started or joined the server, and leaves when its input ends."""
    command = [sys.executable, "-c", ANOTHER, str(home)]
    pipe, env = subprocess.PIPE, {**os.environ, **environ}
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)
    assert process.stdout is not None
    while "postgresql+asyncpg" not in (line := process.stdout.readline()):
        assert line, "it did not start"
    return process


def test_the_server_runs_after_start_and_is_gone_after_stop(join: Join, home: Path) -> None:
    server = join()
    server.start()
    assert query(server, "SHOW server_version").startswith("18")
    assert os.getsid(pid_of(home) or 0) != os.getsid(0)  # a Ctrl-C in our terminal does not reach it
    server.stop()
    assert pid_of(home) is None
    with pytest.raises(OSError, match=r"PGSQL|No such file"):
        query(server, "SELECT 1")


def test_the_server_listens_on_a_private_socket_and_no_network(join: Join, home: Path) -> None:
    server = join()
    server.start()
    assert query(server, "SHOW listen_addresses") == ""
    assert (home / "run").stat().st_mode & 0o777 == 0o700
    assert (home / "data").stat().st_mode & 0o777 == 0o700


def test_the_server_is_small_durable_and_configured_the_same_everywhere(join: Join) -> None:
    server = join(fsync=True)
    server.start()
    shown = {name: query(server, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")}
    assert set(shown.values()) == {"on"}
    assert query(server, "SHOW shared_buffers") == "64MB"
    assert query(server, "SHOW jit") == "off"
    assert query(server, "SELECT 'Z' < 'a' AND '张' > 'a' AND lower('Ä') = 'ä'")
    assert query(server, "SHOW data_checksums") == "on"


def test_a_second_user_joins_and_the_last_to_leave_stops_the_server(join: Join, home: Path) -> None:
    first, second = join(), join()
    first.start()
    second.start()
    assert first.url("postgres") == second.url("postgres")
    first.stop()
    assert query(second, "SELECT 1") == 1
    second.stop()
    assert pid_of(home) is None


def test_a_second_process_joins_and_neither_stops_the_server_while_the_other_uses_it(join: Join, home: Path) -> None:
    other = another_process(home)
    server = join()
    server.start()
    query(server, "CREATE TABLE kept (n int)")
    other.communicate()
    assert other.returncode == 0
    assert query(server, "SELECT count(*) FROM kept") == 0


def test_users_that_start_at_once_get_one_server(join: Join, home: Path) -> None:
    servers = [join() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda each: each.start(), servers))
    assert len({query(each, "SELECT pg_postmaster_start_time()::text") for each in servers}) == 1


def test_after_a_kill_it_starts_again_with_what_was_committed(join: Join, home: Path) -> None:
    server = join()
    server.start()
    query(server, "CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 1000)")
    killed = pid_of(home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    successor = join()
    successor.start()
    assert query(successor, "SELECT count(*) FROM kept") == 1000


def test_the_pid_of_a_dead_server_may_belong_to_another_process(join: Join, home: Path) -> None:
    server = join()
    server.start()
    file = home / "data" / "postmaster.pid"
    left = file.read_text()
    server.stop()
    as_owner: dict[str, Any] = {"user": (home / "data").stat().st_uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **as_owner) as other_process:
        try:
            file.write_text(left.replace(left.partition("\n")[0], str(other_process.pid), 1))
            server.start()
            assert other_process.poll() is None
        finally:
            other_process.kill()
    assert query(server, "SELECT 1") == 1


def test_a_server_left_by_a_killed_process_is_stopped_only_by_its_owner(join: Join, home: Path) -> None:
    killed = another_process(home)
    killed.kill()
    killed.communicate()
    pid = pid_of(home)
    guest = join()
    guest.start()
    assert query(guest, "SELECT 1") == 1
    guest.stop()
    assert pid_of(home) == pid
    owner = join()
    owner.start(own=True)
    assert pid_of(home) == pid
    owner.stop()
    assert pid_of(home) is None


def test_ctrl_c_leaves_nothing_behind(home: Path) -> None:
    process = another_process(home)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode != 0
    assert pid_of(home) is None


def test_a_child_of_a_process_that_uses_it_does_not_stop_it(home: Path) -> None:
    parent = """
import os, sys
from pathlib import Path
from bianmin.kit.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fsync=False)
server.start()
if os.fork() == 0:
    sys.exit()
os.wait()
print("runs" if Path(sys.argv[1], "data", "postmaster.pid").exists() else "gone")
"""
    done = subprocess.run([sys.executable, "-c", parent, str(home)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "runs"
    assert pid_of(home) is None


def test_a_start_that_takes_too_long_fails_and_leaves_no_server(join: Join, home: Path) -> None:
    server = join()
    server.start()
    server.stop()
    data = home / "data"
    (data / "recovery.signal").touch()
    settings = data / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text(f"{before}\nrestore_command = 'sleep 600'\n")  # it waits for an archive that never answers
    with pytest.raises(EmbeddedError, match="没有就绪"):
        EmbeddedPostgres(home, fsync=False, timeout=0.5).start()
    settings.write_text(before)
    (data / "recovery.signal").unlink()
    server = join()
    server.start()
    assert query(server, "SELECT 1") == 1
    server.stop()
    assert pid_of(home) is None  # its own: one left running would be no guest's to stop


def test_a_directory_with_a_long_name_gets_a_socket_with_a_short_one(join: Join, home: Path) -> None:
    server = join(home.joinpath(*["一个很长的目录名"] * 6, 'it\'s "quoted"'))
    server.start()
    sockets = Path(str(make_url(server.url("postgres")).query["host"]))
    assert query(server, "SELECT 1") == 1
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) < 100
    assert sockets.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not sockets.exists()


def test_data_of_another_version_is_left_alone(join: Join, home: Path) -> None:
    server = join()
    server.start()
    server.stop()
    (home / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL 16.*18"):
        server.start()


def test_an_unwritable_directory_raises_embedded_error(home: Path) -> None:
    home.parent.joinpath("file").touch()
    with pytest.raises(EmbeddedError, match="权限和磁盘"):
        EmbeddedPostgres(home.parent / "file" / "postgres").start()


def test_a_server_that_cannot_start_names_the_reason(join: Join, home: Path) -> None:
    server = join()
    server.start()
    server.stop()
    (home / "data" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(EmbeddedError, match="pg_control"):
        server.start()


def test_an_interrupted_creation_starts_again(join: Join, home: Path) -> None:
    (home / "data.new" / "base").mkdir(parents=True)
    server = join()
    server.start()
    assert not (home / "data.new").exists()


def test_the_log_of_the_server_quotes_no_row(join: Join, home: Path) -> None:
    server = join()
    server.start()
    query(server, "CREATE TABLE applicants (name text PRIMARY KEY)", "INSERT INTO applicants VALUES ('某某')")
    with pytest.raises(IntegrityError):
        query(server, "INSERT INTO applicants VALUES ('某某')")
    with pytest.raises(DBAPIError):
        query(server, "SELECT pg_terminate_backend(pg_backend_pid()) FROM applicants WHERE name = '某某'")
    written = (home / "postgres.log").read_text()
    assert "terminating connection" in written
    assert "某某" not in written


def test_environment_variables_of_another_postgresql_are_ignored(join: Join, home: Path) -> None:
    other = another_process(home, PGPORT="1", PGDATA="/nowhere", PGDATESTYLE="German", PGOPTIONS="--nonsense")
    server = join()
    server.start()
    assert query(server, "SHOW datestyle") == "ISO, MDY"
    other.communicate()
    assert other.returncode == 0


def test_g30_a_killed_server_is_started_again_for_all_its_users(join: Join, home: Path) -> None:
    server, other = join(), join()
    server.start()
    other.start()
    query(server, "CREATE TABLE kept (n int)")
    assert server.fault() is None
    killed = pid_of(home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    while Path(f"/proc/{killed}").exists():
        time.sleep(0.01)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda each: each.fault(), [server, other])) == [None, None]
    assert pid_of(home) != killed
    assert query(server, "SELECT count(*) FROM kept") == query(other, "SELECT count(*) FROM kept") == 0


def test_g30_a_server_whose_data_was_deleted_takes_no_more_writes(join: Join, home: Path) -> None:
    server = join()
    server.start()
    url, running = server.url("postgres"), pid_of(home)
    shutil.rmtree(home / "data")
    assert "已被删除或移走" in (server.fault() or "")
    while Path(f"/proc/{running}").exists():
        time.sleep(0.01)
    with pytest.raises(OSError, match=r"PGSQL|No such file|refused"):
        query(server, "SELECT 1")
    assert not (home / "data").exists()
    assert url == server.url("postgres")
    server.stop()
