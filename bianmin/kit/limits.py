"""How often somebody without a token may ask: per source and route, in this process."""

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from bianmin.kit.problems import TooMany


class Limits:
    """The gateway has the real one; this one holds where there is none. `strict` routes have their own rate."""

    def __init__(self, rate: str, strict_rate: str, strict: frozenset[str], *, trust_proxy: bool) -> None:
        self._rate = parse(rate)
        self._strict_rate = parse(strict_rate)
        self._strict = strict
        self._trust_proxy = trust_proxy
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def check(self, request: Request, route: str) -> None:
        """Count one request. Raises `TooMany` (429)."""
        rate: RateLimitItem = self._strict_rate if route in self._strict else self._rate
        if not await self._counter.hit(rate, self.source_of(request), route):
            raise TooMany("请求过于频繁，请稍后再试。", retry_after=rate.get_expiry())

    def source_of(self, request: Request) -> str:
        """The address that asks; behind a trusted gateway, the one it names last."""
        if self._trust_proxy:
            forwarded = request.headers.get("x-forwarded-for", "")
            if last := forwarded.rpartition(",")[2].strip():
                return last
        return request.client.host if request.client else "unknown"
