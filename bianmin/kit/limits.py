"""How often somebody without a token may ask: per source and route, in this process."""

import math
import time
from collections.abc import Mapping, Sequence

from fastapi import Request
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from bianmin.kit.addresses import Network, client_address, subscriber
from bianmin.kit.problems import TooMany

_POLICY = "address"


class Limits:
    """Counts requests by source and route. The gateway's limits are the real ones; these hold where there is none.

    `rate` is a limit such as `600/minute`; `rates` has those of the routes with one of their own, by template: they
    are for everybody, the others for requests without a token.
    """

    def __init__(self, rate: str, rates: Mapping[str, str], *, trusted_proxies: Sequence[Network] = ()) -> None:
        self._rate = parse(rate)
        self._rates = {route: parse(rate) for route, rate in rates.items()}
        self._trusted_proxies = trusted_proxies
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def are_for_everybody(self, route: str) -> bool:
        """Whether requests with a token count on this route, too."""
        return route in self._rates

    async def check(self, request: Request, route: str) -> Mapping[str, str]:
        """Count one request; return the `RateLimit` headers of its answer. Raises `TooMany` (429), which has them."""
        rate = self._rates.get(route, self._rate)
        source = self.source_of(request)
        admitted = await self._counter.hit(rate, source, route)
        window = await self._counter.get_window_stats(rate, source, route)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        headers = {
            "RateLimit-Policy": f'"{_POLICY}";q={rate.amount};w={rate.get_expiry()}',
            "RateLimit": f'"{_POLICY}";r={max(0, window.remaining)};t={seconds}',
        }
        if not admitted:
            raise TooMany("请求过于频繁，请稍后再试。", retry_after=seconds, headers=headers)
        return headers

    def source_of(self, request: Request) -> str:
        """Whom a request counts for: an IPv4 address, an IPv6 network of /64, or `unknown`."""
        return subscriber(client_address(request, self._trusted_proxies))
