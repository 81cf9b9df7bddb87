"""A broker that speaks Kafka, started by tests with pip alone and ended again."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from aiokafka.admin import AIOKafkaAdminClient

_SECONDS = 30


class Broker(Protocol):
    """A broker that a test can take away. The same one comes back with the same data."""

    bootstrap: str

    def start(self) -> None: ...
    def kill(self) -> None: ...


class NoidaBroker:
    """The broker of `noida-db`, ended cleanly: when killed it would lose the last second."""

    def __init__(self, directory: Path, port: int) -> None:
        self.bootstrap = f"127.0.0.1:{port}"
        self._directory = directory
        self._port = port
        self._running = ExitStack()

    def start(self) -> None:
        self._running.enter_context(noida_kafka(self._directory, self._port))

    def kill(self) -> None:
        self._running.close()


class KafkaBroker:
    """A real Apache Kafka: `BIANMIN_TEST_KAFKA_START` and `BIANMIN_TEST_KAFKA_KILL` are the commands for it."""

    def __init__(self) -> None:
        self.bootstrap = os.environ["BIANMIN_TEST_KAFKA"]

    def start(self) -> None:
        subprocess.run(os.environ["BIANMIN_TEST_KAFKA_START"], shell=True, check=True, capture_output=True)

    def kill(self) -> None:
        subprocess.run(os.environ["BIANMIN_TEST_KAFKA_KILL"], shell=True, check=True, capture_output=True)


@contextmanager
def noida_kafka(directory: Path, port: int | None = None) -> Iterator[str]:
    """The broker of `noida-db`; gives its bootstrap address. The same directory finds the same data again.

    It stands in for Apache Kafka except that it loses the last second when killed, never expels a member that died
    without leaving, and hides what follows an undone append from readers who begin behind it.
    """
    port = port or free_port()
    program = _program()
    command = [str(program), "start", "--only", "kafka", "--data-dir", str(directory), "--kafka-port", str(port)]
    # on stderr it complains about the GLIBC that it was not built for, and runs
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, port)
        yield f"127.0.0.1:{port}"
    finally:
        _end(server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def delete_topics(bootstrap: str) -> None:
    """Delete the topics of Bianmin, and with them the offsets of its groups, from a broker that was used before."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(_SECONDS):
            while ours := [topic for topic in await admin.list_topics() if topic.startswith("bianmin.")]:
                await admin.delete_topics(ours)
                await asyncio.sleep(0.2)
    finally:
        await admin.close()


def _program() -> Path:
    """Return the program itself: the script of the package would not pass signals on."""
    package = find_spec("noida_db")
    assert package is not None, "noida-db is not installed"
    assert package.origin is not None
    program = Path(package.origin).with_name("noida-db")
    program.chmod(0o755)
    return program


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while not _accepts(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args!r} did not start")
        time.sleep(0.02)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
