"""HTTP/1.1 on a connection, with limits on time and on the number of connections.

h11, not httptools: that parser drops the body of a request which offers an upgrade to HTTP/2 (decision 16).
"""

import asyncio
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from bianmin.kit.problems import MalformedRequest, problem

REQUEST_SECONDS = 20
"""How long a connection may take to send a request that it has begun, headers and what is left of a body included."""
MOST_CONNECTIONS = min(4000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
"""More connections are refused. Files and the database need descriptors, too."""


class BoundedProtocol(H11Protocol):
    """A connection that has to send its requests in time, and whose errors are problem+json."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse the connection where there are too many; else wait for its first request."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time limit."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; where they do not complete a request, the rest has to come in time."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._stop_waiting()
        elif self.timeout_keep_alive_task is None:
            self._wait_for_request()

    def on_response_complete(self) -> None:
        """Wait for the next request; not as long where it has begun, or where a body was answered before it came."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY or (self.cycle.response_complete and self.conn.trailing_data[0]):
            self._wait_for_request()

    def _wait_for_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _should_upgrade(self) -> bool:
        return False  # an offer, which a server may pass over (RFC 9110 7.8)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem, where no answer was sent yet; close the connection."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = bytes(problem(MalformedRequest("这不是正确的 HTTP/1.1 请求，或请求头过长；请检查客户端。")).body)
            headers = [
                (b"content-type", b"application/problem+json"),
                (b"content-length", str(len(body)).encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"connection", b"close"),
            ]
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
