"""Where the flow tests run: the five services in one process, as five processes over Kafka, or behind the gateway."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bianmin.kit.auth import Tokens
from bianmin.kit.docs import describe
from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from tests.brokers import free_port
from tests.flow.quiet import quiet_services


@dataclass
class Ground:
    """Somewhere the API answers: one origin for all services."""

    http: httpx2.AsyncClient
    tokens: Tokens
    bases: Sequence[str] = ()

    async def settles(self) -> None:
        await quiet_services(*self.bases)


@dataclass
class Switch(httpx2.AsyncBaseTransport):
    """What the gateway does: each path to the service whose OpenAPI document has it."""

    ports: dict[str, int]
    inner: httpx2.AsyncHTTPTransport = field(default_factory=httpx2.AsyncHTTPTransport)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for service in SERVICES:
            for path in describe([service])["paths"]:
                pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
                self.patterns.append((re.compile(pattern), service.name))
        # "follow" is no id: the literal path goes first
        self.patterns.sort(key=lambda each: "[^/]+" in each[0].pattern)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for pattern, service in self.patterns:
            if pattern.fullmatch(request.url.path):
                request.url = request.url.copy_with(port=self.ports[service])
                return await self.inner.handle_async_request(request)
        raise AssertionError(f"no service has {request.url.path}")

    async def aclose(self) -> None:
        await self.inner.aclose()


@contextlib.asynccontextmanager
async def five_processes(url: str, data: Path, kafka: str) -> AsyncIterator[Ground]:
    """Each service as `bianmin serve`, on its own port, over Kafka."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")},
        "BIANMIN_DATABASE_URL": url,
        "BIANMIN_DATA": str(data),
        "BIANMIN_LOG_URL": f"kafka://{kafka}",
        "BIANMIN_PARTITIONS": "3",
    }
    command = [sys.executable, "-m", "command.app"]
    await asyncio.to_thread(subprocess.run, [*command, "migrate"], env=environment, check=True)
    ports = {service.name: free_port() for service in SERVICES}
    with contextlib.ExitStack() as running:
        for name, port in ports.items():
            output = running.enter_context((data / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [*command, "serve", name, "--port", str(port)], env=environment, stdout=output, stderr=output
            )
            running.callback(process.wait)
            running.callback(process.terminate)
        bases = [f"http://127.0.0.1:{port}" for port in ports.values()]
        await ready(*bases)
        tokens = Tokens(Settings.load({}, data=data).token_secret())
        async with httpx2.AsyncClient(transport=Switch(ports), base_url="http://127.0.0.1", timeout=20) as http:
            yield Ground(http, tokens, bases)


async def ready(*bases: str) -> None:
    async with asyncio.timeout(90), httpx2.AsyncClient(timeout=5) as http:
        for base in bases:
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    if (await http.get(f"{base}/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
