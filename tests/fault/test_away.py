"""The database or the broker goes away and comes back: nothing is lost, nobody has to restart anything."""

import asyncio
import signal
from pathlib import Path

import httpx2

from bianmin.kit.embedded import EmbeddedPostgres
from command.deployment import SERVICES, create_database
from tests.brokers import free_port, noida_kafka
from tests.county import STATION, a_registration
from tests.fault.crashing_server import CrashingServer, reconcile, start_with_county, wait_for_events
from tests.harness import migrate


async def test_without_a_broker_requests_are_answered_and_events_go_out_when_it_is_back(
    server: CrashingServer, tmp_path: Path
) -> None:
    port = free_port()
    with noida_kafka(tmp_path / "kafka", port) as server.kafka:
        someone = await start_with_county(server)
        window = someone("window", STATION)
        assert (await window.post("/cases", a_registration())).status_code == 201
        await wait_for_events(server)
    for _ in range(40):
        assert (await window.post("/cases", a_registration())).status_code == 201
    async with httpx2.AsyncClient(base_url=server.base) as http:
        assert (await http.get("/healthz")).status_code == 200
    with noida_kafka(tmp_path / "kafka", port):
        await wait_for_events(server)
        reconcile(server, expect=0)
        server.kill()


async def test_without_a_database_requests_get_503_and_are_served_when_it_is_back(
    tmp_path: Path,
) -> None:
    postgres = EmbeddedPostgres(tmp_path / "postgres", fsync=False)
    await asyncio.to_thread(postgres.start, own=True)
    await create_database(postgres)
    url = postgres.url("bianmin")
    await migrate(url, SERVICES)
    server = CrashingServer(url, tmp_path, free_port())
    try:
        someone = await start_with_county(server)
        window = someone("window", STATION)
        await asyncio.to_thread(postgres.stop)
        refused = await window.post("/cases", a_registration(), key="once")
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert refused.headers["content-type"] == "application/problem+json"
        assert (await window.get("/cases")).status_code == 503
        await asyncio.to_thread(postgres.start, own=True)
        await server.ready()
        assert (await window.get("/cases")).json()["items"] == []
        assert (await window.post("/cases", a_registration(), key="once")).status_code == 201
        await wait_for_events(server)
        reconcile(server, expect=0)
        assert server.crashes == 0
    finally:
        await server.clients.aclose()
        if server.process is not None:
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        await asyncio.to_thread(postgres.stop)
