"""How often somebody without a token may ask: per source and route, in this process."""

from collections.abc import Mapping

from fastapi import Request
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from bianmin.kit.problems import TooMany


class Limits:
    """Counts requests by source and route. The gateway's limits are the real ones; these hold where there is none.

    `rate` is a limit such as `600/minute`; `rates` has those of the routes with one of their own, by template: they
    are for everybody, the others for requests without a token.
    """

    def __init__(self, rate: str, rates: Mapping[str, str], *, trust_proxy: bool) -> None:
        self._rate = parse(rate)
        self._rates = {route: parse(rate) for route, rate in rates.items()}
        self._trust_proxy = trust_proxy
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def are_for_everybody(self, route: str) -> bool:
        """Whether requests with a token count on this route, too."""
        return route in self._rates

    async def check(self, request: Request, route: str) -> None:
        """Count one request. Raises `TooMany` (429)."""
        rate = self._rates.get(route, self._rate)
        if not await self._counter.hit(rate, self.source_of(request), route):
            raise TooMany("请求过于频繁，请稍后再试。", retry_after=rate.get_expiry())

    def source_of(self, request: Request) -> str:
        """The address that asks; behind a trusted gateway, the one it names last."""
        if self._trust_proxy:
            forwarded = request.headers.get("x-forwarded-for", "")
            if last := forwarded.rpartition(",")[2].strip():
                return last
        return request.client.host if request.client else "unknown"
