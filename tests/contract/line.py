"""A line to a PostgreSQL on a Unix socket that can be cut and mended, while the server runs on."""

import asyncio
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"


class Line:
    """From a socket of its own to the server's."""

    def __init__(self, near: Path, far: Path) -> None:
        self._near = near
        self._far = far
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._call, self._near)

    async def cut(self) -> None:
        """Who talks is interrupted, who calls is refused."""
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
async def line_to(url: str) -> AsyncIterator[tuple[Line, str]]:
    """The line, and the database's URL by it."""
    far = make_url(url)
    with tempfile.TemporaryDirectory(prefix="bianmin-line-") as directory:
        line = Line(Path(directory) / _SOCKET, Path(str(far.query["host"])) / _SOCKET)
        await line.mend()
        yield line, far.update_query_dict({"host": directory}).render_as_string(hide_password=False)
        await line.cut()
