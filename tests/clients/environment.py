"""A real `bianmin up` with a county in it, and the programs of foreign clients that are run against it."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bianmin.kit.auth import Tokens
from bianmin.kit.docs import describe
from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from tests.brokers import free_port
from tests.county import CENTER, COUNTY, PROVINCE, STATION, clients, import_county
from tests.idle import wait_until_idle
from tests.source import ROOT
from tests.waiting import wait_until_ready

SECONDS = 120
"""How long a program may run: all of them end within a few seconds."""
INVESTIGATOR = "investigator-520111"


@dataclass(frozen=True)
class RunningCounty:
    """`bianmin up` at `base`, with a county imported; tokens of its people by their part in the flow."""

    base: str
    tokens: Mapping[str, str]

    def described(self, directory: Path) -> Path:
        """Write what a client is told: the address, the orgs, the tokens. Returns the file."""
        file = directory / "county.json"
        orgs = {"station": STATION, "center": CENTER, "county": COUNTY}
        file.write_text(json.dumps({"base": self.base, "orgs": orgs, "tokens": self.tokens}), encoding="utf-8")
        return file


@contextlib.contextmanager
def bianmin_up(data: Path, *, kafka: str | None = None) -> Iterator[RunningCounty]:
    """Run `bianmin up` as a user does, on its private PostgreSQL; the event log is there too, or on a Kafka broker."""
    data.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")}
    if kafka:
        environment |= {"BIANMIN_LOG_URL": f"kafka://{kafka}", "BIANMIN_PARTITIONS": "3"}
    port = free_port()
    command = [sys.executable, "-m", "command.app", "up", "--port", str(port), "--data", str(data)]
    with (data / "up.log").open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_ready([base])
        tokens = Tokens(Settings.load({}, data=data).token_secret())
        yield RunningCounty(base, asyncio.run(_settle_county(base, tokens)))
    finally:
        process.terminate()
        process.wait(SECONDS)


async def _settle_county(base: str, tokens: Tokens) -> Mapping[str, str]:
    """Import the county and name its investigator; returns the tokens of its people."""
    async with httpx2.AsyncClient(base_url=base, timeout=20) as http:
        someone = clients(http, tokens)
        await import_county(someone)
        person = {"id": INVESTIGATOR, "name": "督查员", "roles": ["investigator"]}
        answer = await someone("admin", PROVINCE).post(f"/orgs/{COUNTY}/staff", person)
        assert answer.status_code == 201, answer.text
        await wait_until_idle(base)
        people = {
            "station": someone("window", STATION),
            "center": someone("window", CENTER),
            "center_head": someone("manager", CENTER),
            "center_office": someone("department", CENTER, "civil"),
            "county_office": someone("department", COUNTY, "civil"),
            "head": someone("manager", COUNTY),
            "investigator": someone("investigator", COUNTY, sub=INVESTIGATOR),
        }
    return {name: client.headers["Authorization"].removeprefix("Bearer ") for name, client in people.items()}


def write_document(directory: Path) -> Path:
    """Write the OpenAPI document of all services; returns the file."""
    file = directory / "openapi.json"
    file.write_text(json.dumps(describe(SERVICES), ensure_ascii=False), encoding="utf-8")
    return file


def run(
    command: Sequence[str | Path],
    directory: Path,
    *,
    variables: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> str:
    """Run a program in a directory; returns what it printed. Fails with its output when it does not end with 0."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
    )
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{output}"
    return output
