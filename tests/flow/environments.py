"""Where the flow tests run: the five services in one process, as five processes over Kafka, or behind the gateway."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bianmin.kit import parked
from bianmin.kit.auth import Tokens
from bianmin.kit.docs import describe
from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from tests.brokers import free_port
from tests.county import clients
from tests.harness import Client, Harness, running_harness
from tests.idle import wait_until_idle
from tests.waiting import wait_until_ready


@dataclass(frozen=True)
class County:
    """People of the county, and a way to wait until what they did has reached every service."""

    someone: Callable[..., Client]
    settles: Callable[[], Awaitable[None]]
    harness: Harness | None = None

    @property
    def nobody(self) -> Client:
        return Client(self.someone("window", "52").http, {})


@contextlib.asynccontextmanager
async def one_process(url: str, data: Path) -> AsyncIterator[County]:
    """All services in one process, the log in PostgreSQL. In the end no event may be parked."""
    async with running_harness(url, SERVICES, data) as harness:
        yield County(clients(harness.http, harness.tokens), harness.settles, harness)
        await harness.settles()
        runtimes = [harness.runtime(service.name) for service in SERVICES]
        held = [
            (runtime.service.name, event) for runtime in runtimes for event in await parked.listed(runtime.database)
        ]
        assert held == []


@dataclass(frozen=True)
class Environment:
    """One origin for the API of all services, and the processes behind it."""

    http: httpx2.AsyncClient
    tokens: Tokens
    bases: Sequence[str] = ()

    async def wait_until_idle(self) -> None:
        """Return when every event has arrived everywhere."""
        await wait_until_idle(*self.bases)


@dataclass
class PathRouter(httpx2.AsyncBaseTransport):
    """Does what the gateway does: sends each request to the service whose OpenAPI document has its path."""

    ports: Mapping[str, int]
    inner: httpx2.AsyncHTTPTransport = field(default_factory=httpx2.AsyncHTTPTransport)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for service in SERVICES:
            for path in describe([service])["paths"]:
                pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
                self.patterns.append((re.compile(pattern), service.name))
        # "follow" is no id: the literal path goes first
        self.patterns.sort(key=lambda pair: "[^/]+" in pair[0].pattern)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for pattern, service in self.patterns:
            if pattern.fullmatch(request.url.path):
                request.url = request.url.copy_with(port=self.ports[service])
                return await self.inner.handle_async_request(request)
        raise AssertionError(f"no service has {request.url.path}")

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass(frozen=True)
class FiveProcesses:
    """Each service as `bianmin serve`, on its own port, over Kafka. `ports` by service."""

    ports: Mapping[str, int]
    data: Path

    @contextlib.asynccontextmanager
    async def environment(self) -> AsyncIterator[Environment]:
        """Give a client for all of them."""
        tokens = Tokens(Settings.load({}, data=self.data).token_secret())
        transport = PathRouter(self.ports)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as http:
            yield Environment(http, tokens, _bases(self.ports))


@contextlib.contextmanager
def five_processes(url: str, data: Path, kafka: str) -> Iterator[FiveProcesses]:
    """Migrate the database at `url`, start the five processes, and end them."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")},
        "BIANMIN_DATABASE_URL": url,
        "BIANMIN_DATA": str(data),
        "BIANMIN_LOG_URL": f"kafka://{kafka}",
        "BIANMIN_PARTITIONS": "3",
    }
    command = [sys.executable, "-m", "command.app"]
    subprocess.run([*command, "migrate"], env=environment, check=True)
    ports = {service.name: free_port() for service in SERVICES}
    with contextlib.ExitStack() as running:
        for name, port in ports.items():
            output = running.enter_context((data / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [*command, "serve", name, "--port", str(port)], env=environment, stdout=output, stderr=output
            )
            running.callback(process.wait)
            running.callback(process.terminate)
        wait_until_ready(_bases(ports))
        yield FiveProcesses(ports, data)


def _bases(ports: Mapping[str, int]) -> Sequence[str]:
    return [f"http://127.0.0.1:{port}" for port in ports.values()]
