"""The HTTP server itself, over sockets: what foreign clients send that no test client does."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Request

from bianmin.kit.settings import Settings
from command import http_protocol
from command.serving import uvicorn_server


@pytest.fixture(name="server")
async def start_server(tmp_path: Path) -> AsyncIterator[uvicorn.Server]:
    """A server whose `POST /` answers with the body it was sent, and `POST /slow` after it was asked to stop."""
    app = FastAPI()

    @app.post("/")
    async def echo(request: Request) -> str:
        return (await request.body()).decode()

    @app.post("/slow")
    async def answer_at_stop() -> str:
        while not server.should_exit:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        return "done"

    server = uvicorn_server(app, Settings.load({}, data=tmp_path, port=0))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    await running


@pytest.fixture
def port(server: uvicorn.Server) -> int:
    """The port of the server."""
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


async def exchange(port: int, sent: bytes) -> bytes:
    """What the server answers until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_g1_a_client_that_offers_http_2_keeps_its_body(port: int) -> None:
    curl = await asyncio.create_subprocess_exec(
        *("curl", "--silent", "--http2", "--data", "2026-11-27", f"http://127.0.0.1:{port}/"),
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await curl.communicate()
    assert json.loads(answer) == "2026-11-27"


async def test_g1_an_offer_of_an_upgrade_is_passed_over(port: int) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n"
    sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n" + offer + b"\r\n2026-11-27"
    assert (await exchange(port, sent)).endswith(b'"2026-11-27"')


@pytest.mark.parametrize("sent", [b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"])
async def test_g33_what_is_no_request_is_a_problem(port: int, sent: bytes) -> None:
    head, _, body = (await exchange(port, sent)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    assert json.loads(body)["type"] == "urn:bianmin:problem:malformed"


async def test_g33_a_request_that_does_not_come_to_its_end_is_cut(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 0.2)
    whole = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert await exchange(port, whole[:20]) == b""
    assert (await exchange(port, whole + whole[:20])).count(b"200 OK") == 1, "the second request is not whole"
    unread = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    assert b"405" in await exchange(port, unread + b"x")


async def test_g33_more_connections_than_the_limit_are_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "MOST_CONNECTIONS", 1)
    _, kept = await asyncio.open_connection("127.0.0.1", port)
    assert await exchange(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") == b""
    kept.close()
    await kept.wait_closed()


def a_post(path: str) -> bytes:
    return b"POST " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


async def test_g19_a_connection_outlives_the_idle_time_of_pooled_clients(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for idle in (0, 6):  # clients keep theirs for 5 seconds by default
        await asyncio.sleep(idle)
        writer.write(a_post("/"))
        assert (await reader.readuntil(b'""')).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()


async def test_g19_a_stop_answers_what_was_asked_and_closes_idle_connections(server: uvicorn.Server, port: int) -> None:
    idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", port)
    idle_writer.write(a_post("/"))
    await idle_reader.readuntil(b'""')
    asked = asyncio.create_task(exchange(port, a_post("/slow")))
    while not server.server_state.tasks:
        await asyncio.sleep(0.01)
    server.should_exit = True
    assert await asyncio.wait_for(idle_reader.read(), 10) == b""
    assert (await asked).endswith(b'"done"')
    idle_writer.close()
