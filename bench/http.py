"""A cheap HTTP/1.1 client: connections stay open and requests are prepared, so clients use little CPU."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Connection:
    """One client connection, which sends one request at a time."""

    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(port, *await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request and return status and body of the answer."""
        if self.reader.at_eof():  # the server closes a connection that was idle for some seconds
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        _, _, rest = head.lower().partition(b"\r\ncontent-length:")
        body = await self.reader.readexactly(int(rest.partition(b"\r\n")[0] or 0))
        return int(head[9:12]), body

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def prepare_request(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> tuple[bytes, bytes]:
    """Return a request as the bytes before and after the value of its Idempotency-Key."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} /api/v1{path} HTTP/1.1",
        "Host: bench",
        f"Content-Length: {len(content)}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Idempotency-Key: ",
    ]
    return "\r\n".join(lines).encode(), b"\r\n\r\n" + content
