"""A server process that crashes and is started again, and clients that repeat requests until they are answered."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from bianmin.kit.auth import Tokens
from bianmin.kit.settings import Settings
from tests.county import CENTER, COUNTY, STATION, a_registration, clients, import_county
from tests.harness import Client
from tests.idle import wait_until_idle


@dataclass
class CrashingServer:
    """All services in one process, on one port. `answered`: the case number of each registered case, by its id."""

    url: str
    data: Path
    port: int
    crashes: int = 0
    process: subprocess.Popen[bytes] | None = None
    answered: dict[str, str] = field(default_factory=dict)
    kafka: str | None = None
    stderr: int | None = None
    """Where the server's log goes; None: the file `process.log`."""
    clients: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *crash_point: str) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.fault.crashing_process",
            self.url,
            str(self.data),
            str(self.port),
            *crash_point,
        ]
        with (self.data / "process.log").open("ab") as output:
            over = {**os.environ, "BIANMIN_TEST_BROKER": self.kafka} if self.kafka else None
            self.process = subprocess.Popen(command, stdout=output, stderr=self.stderr or output, env=over)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        if self.alive():
            assert self.process is not None
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.crashes += 1

    async def ready(self) -> None:
        """Return when the server is ready; where it has crashed, it is started again without a crash point."""
        async with asyncio.timeout(180), httpx2.AsyncClient(base_url=self.base) as http:
            while True:
                if not self.alive():
                    self.crashes += 1
                    self.start()
                with contextlib.suppress(httpx2.HTTPError):
                    if (await http.get("/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)


async def start_with_county(server: CrashingServer) -> Callable[[str, str], Client]:
    """Start the server and import the county; return what makes clients."""
    settings = Settings.load({}, data=server.data, database_url=server.url)
    tokens = Tokens(settings.token_secret())
    server.start()
    await server.ready()
    http = await server.clients.enter_async_context(httpx2.AsyncClient(base_url=server.base, timeout=20))
    someone = clients(http, tokens)
    await import_county(someone)
    await wait_for_events(server)
    return someone


async def register_many(server: CrashingServer, someone: Callable[[str, str], Client], cases: int) -> None:
    """Register and accept cases; each request is repeated with its key until the server answers it."""
    window, center = someone("window", STATION), someone("window", CENTER)
    waiting = iter(range(cases))

    async def insist(send: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                answer = await send()
                if answer.status_code != 503:
                    return answer
            await server.ready()

    async def clerk() -> None:
        for n in waiting:
            key = f"{server.port}-{n}-{uuid.uuid4()}"
            answer = await insist(lambda key=key: window.post("/cases", a_registration(), key=key))  # type: ignore[misc]
            assert answer.status_code == 201, answer.text
            case = answer.json()["id"]
            again = await insist(lambda key=key: window.post("/cases", a_registration(), key=key))  # type: ignore[misc]
            assert again.content == answer.content, "the same key, the same answer, also after a crash"
            server.answered[case] = answer.json()["case_no"]
            accepted = await insist(lambda case=case: center.post(f"/cases/{case}/accept", key=f"accept-{case}"))  # type: ignore[misc]
            assert accepted.status_code == 200, accepted.text

    await asyncio.gather(*(clerk() for _ in range(16)))


def reconcile(server: CrashingServer, *, expect: int) -> str:
    """Run `bianmin reconcile`, which has to exit with `expect`; return what it prints."""
    environment = {**os.environ, "BIANMIN_DATABASE_URL": server.url, "BIANMIN_DATA": str(server.data)}
    if server.kafka:
        environment["BIANMIN_LOG_URL"] = f"kafka://{server.kafka}"
    done = subprocess.run(
        [sys.executable, "-m", "command.app", "reconcile", "--json"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == expect, done.stdout.decode()[-3000:] + done.stderr.decode()[-3000:]
    return done.stdout.decode()


async def check_every_answered_case_is_stored(server: CrashingServer, someone: Callable[[str, str], Client]) -> None:
    numbers: dict[str, str] = {}
    cursor: dict[str, Any] = {}
    while True:
        page = (await someone("manager", COUNTY).get("/cases", limit=200, **cursor)).json()
        numbers |= {case["id"]: case["case_no"] for case in page["items"]}
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert numbers == server.answered, "every 201 is one case, and no case is without one"
    assert len(set(numbers.values())) == len(numbers)


async def wait_for_events(server: CrashingServer) -> None:
    """Return when every event has arrived everywhere."""
    await wait_until_idle(server.base)
