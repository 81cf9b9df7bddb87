"""What the house leans on goes away and comes back: nothing is lost, nobody has to restart anything."""

import asyncio
import signal
from pathlib import Path

import httpx2

from bianmin.kit.embedded import EmbeddedPostgres
from command.deployment import SERVICES, create_database
from tests.brokers import free_port, noida_kafka
from tests.county import STATION, a_registration
from tests.fault.crashing_server import Mortal, furnish, quiet, reconcile
from tests.harness import migrate


async def test_without_its_broker_it_answers_as_ever_and_events_go_out_when_it_is_back(
    mortal: Mortal, tmp_path: Path
) -> None:
    port = free_port()
    with noida_kafka(tmp_path / "kafka", port) as mortal.kafka:
        someone = await furnish(mortal)
        window = someone("window", STATION)
        assert (await window.post("/cases", a_registration())).status_code == 201
        await quiet(mortal)
    for _ in range(40):
        assert (await window.post("/cases", a_registration())).status_code == 201
    async with httpx2.AsyncClient(base_url=mortal.base) as http:
        assert (await http.get("/healthz")).status_code == 200
    with noida_kafka(tmp_path / "kafka", port):
        await quiet(mortal)
        reconcile(mortal, expect=0)
        mortal.kill()


async def test_without_its_database_it_says_so_stores_nothing_and_resumes_by_itself(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", fsync=False)
    await asyncio.to_thread(server.start, own=True)
    await create_database(server)
    url = server.url("bianmin")
    await migrate(url, SERVICES)
    mortal = Mortal(url, tmp_path, free_port())
    try:
        someone = await furnish(mortal)
        window = someone("window", STATION)
        await asyncio.to_thread(server.stop)
        refused = await window.post("/cases", a_registration(), key="once")
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert refused.headers["content-type"] == "application/problem+json"
        assert (await window.get("/cases")).status_code == 503
        await asyncio.to_thread(server.start, own=True)
        await mortal.ready()
        assert (await window.get("/cases")).json()["items"] == []
        assert (await window.post("/cases", a_registration(), key="once")).status_code == 201
        await quiet(mortal)
        reconcile(mortal, expect=0)
        assert mortal.deaths == 0
    finally:
        await mortal.clients.aclose()
        if mortal.process is not None:
            mortal.process.send_signal(signal.SIGKILL)
            mortal.process.wait()
        await asyncio.to_thread(server.stop)
