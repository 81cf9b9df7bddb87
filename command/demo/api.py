"""Speaking with Bianmin over HTTP: a token for each person, a key for each POST, and the problem when it is refused."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from bianmin.domain.actors import Actor
from bianmin.kit.auth import Tokens

PATIENCE = 90.0
"""Seconds to wait for what should be there in a moment."""


class Refused(Exception):
    """An answer that the demo did not expect, in the API's own words."""

    def __init__(self, request: str, answer: httpx2.Response) -> None:
        try:
            told = answer.json()
        except ValueError:
            told = {}
        self.status = answer.status_code
        errors = "；".join(f"{error['pointer']} {error['detail']}" for error in told.get("errors", []))
        super().__init__(f"{request}：{answer.status_code} {told.get('detail', '')} {errors}".strip())


@dataclass(frozen=True)
class Person:
    """Somebody with a token (or nobody, without one)."""

    http: httpx2.AsyncClient
    headers: Mapping[str, str]

    async def get(self, path: str, **query: Any) -> Any:
        return await self._send("GET", path, params=query or None)

    async def put(self, path: str, body: Any) -> Any:
        return await self._send("PUT", path, json=body)

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        """A POST with its Idempotency-Key: the same `key` again is the same request, answered the same."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return await self._send("POST", path, headers=headers, **options)

    async def _send(self, method: str, path: str, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        answer = await self.http.request(method, f"/api/v1{path}", headers=headers, **options)
        if answer.is_error:
            raise Refused(f"{method} {path}", answer)
        return answer.json()


@dataclass
class Api:
    """The whole system at one address."""

    http: httpx2.AsyncClient
    tokens: Tokens
    _people: dict[tuple[str, str, str | None], Person] = field(default_factory=dict)

    def person(self, role: str, org: str, dept: str | None = None) -> Person:
        """Somebody in this role at this org, of this department line."""
        known = self._people.get((role, org, dept))
        if known is None:
            name = "-".join(part for part in (role, org, dept) if part)
            token = self.tokens.issue(Actor(name, org, frozenset({role}), dept), name, seconds=24 * 3600)
            known = Person(self.http, {"Authorization": f"Bearer {token}"})
            self._people[role, org, dept] = known
        return known

    @property
    def nobody(self) -> Person:
        return Person(self.http, {})

    async def figures(self) -> dict[str, float]:
        """What `/metrics` tells of the events: waiting to be published, not taken in yet, published so far."""
        text = (await self.http.get("/metrics")).text
        totals: dict[str, float] = {}
        for name, value in _FIGURE.findall(text):
            totals[name] = totals.get(name, 0.0) + float(value)
        return totals

    async def settles(self) -> None:
        """Return when every event has arrived at everybody who listens."""
        async with asyncio.timeout(PATIENCE):
            calm = 0
            while calm < 2:  # who took something in may have announced something else
                told = await self.figures()
                calm = calm + 1 if told["outbox_rows"] == told["inbox_lag"] == 0 else 0
                await asyncio.sleep(0.02)


_FIGURE = re.compile(r'^(outbox_rows|inbox_lag|events_published)\{service="\w+"\} ([0-9.e+]+)$', re.MULTILINE)
