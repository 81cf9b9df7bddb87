"""A proxy before the Unix socket of a PostgreSQL: it can be cut and restored while the server runs on."""

import asyncio
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"


class SocketProxy:
    """Carries bytes between a socket of its own (`near`) and the server's (`far`)."""

    def __init__(self, near: Path, far: Path) -> None:
        self._near = near
        self._far = far
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def restore(self) -> None:
        self._server = await asyncio.start_unix_server(self._call, self._near)

    async def cut(self) -> None:
        """Break all connections and refuse new ones."""
        assert self._server is not None
        self._server.close()
        self._near.unlink()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _call(self, here: StreamReader, to_here: StreamWriter) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        there, to_there = await asyncio.open_unix_connection(self._far)
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_carry(here, to_there))
                directions.create_task(_carry(there, to_here))
        except asyncio.CancelledError:
            pass
        finally:
            self._calls.discard(call)
            to_here.transport.abort()
            to_there.transport.abort()


async def _carry(source: StreamReader, sink: StreamWriter) -> None:
    while some := await source.read(65536):
        sink.write(some)
        await sink.drain()
    sink.close()


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[tuple[SocketProxy, str]]:
    """Give the proxy, and the URL of the database through it."""
    far = make_url(url)
    with tempfile.TemporaryDirectory(prefix="bianmin-proxy-") as directory:
        proxy = SocketProxy(Path(directory) / _SOCKET, Path(str(far.query["host"])) / _SOCKET)
        await proxy.restore()
        yield proxy, far.update_query_dict({"host": directory}).render_as_string(hide_password=False)
        await proxy.cut()
