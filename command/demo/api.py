"""An HTTP client for Bianmin: a token per person, an Idempotency-Key per POST, an exception per problem answer."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from bianmin.domain.actors import Actor
from bianmin.kit.auth import Tokens

SETTLE_TIMEOUT = 90.0
"""Seconds within which all events must have arrived."""


class UnexpectedAnswer(Exception):
    """The API refused a request that the demo expected to succeed. The text is the API's own."""

    def __init__(self, request: str, answer: httpx2.Response) -> None:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        self.status = answer.status_code
        errors = "；".join(f"{error['pointer']} {error['detail']}" for error in problem.get("errors", []))
        super().__init__(f"{request}：{answer.status_code} {problem.get('detail', '')} {errors}".strip())


@dataclass(frozen=True)
class Person:
    """A user of the API: sends the headers that identify this person, or none for an anonymous one."""

    http: httpx2.AsyncClient
    headers: Mapping[str, str]

    async def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer to a GET. Raises `UnexpectedAnswer`."""
        return await self._send("GET", path, params=query or None)

    async def put(self, path: str, body: Any) -> Any:
        """Return the JSON answer to a PUT. Raises `UnexpectedAnswer`."""
        return await self._send("PUT", path, json=body)

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        """Return the JSON answer to a POST with an Idempotency-Key, a new one unless `key` is given.

        Sending the same `key` again repeats the request: the answer is the same. Raises `UnexpectedAnswer`.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return await self._send("POST", path, headers=headers, **options)

    async def _send(self, method: str, path: str, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        answer = await self.http.request(method, f"/api/v1{path}", headers=headers, **options)
        if answer.is_error:
            raise UnexpectedAnswer(f"{method} {path}", answer)
        return answer.json()


@dataclass
class Api:
    """The whole system at one address, and the people who use it."""

    http: httpx2.AsyncClient
    tokens: Tokens
    _people: dict[tuple[str, str, str | None], Person] = field(default_factory=dict)

    def person(self, role: str, org: str, dept: str | None = None) -> Person:
        """Return the person with this role at this org and, if given, in this department line."""
        known = self._people.get((role, org, dept))
        if known is None:
            name = "-".join(part for part in (role, org, dept) if part)
            token = self.tokens.issue(Actor(name, org, frozenset({role}), dept), name, seconds=24 * 3600)
            known = Person(self.http, {"Authorization": f"Bearer {token}"})
            self._people[role, org, dept] = known
        return known

    @property
    def anonymous(self) -> Person:
        """Return a person without a token."""
        return Person(self.http, {})

    async def event_counts(self) -> dict[str, float]:
        """Return `outbox_rows`, `inbox_lag` and `events_published` of `/metrics`, each summed over the services."""
        text = (await self.http.get("/metrics")).text
        totals: dict[str, float] = {}
        for name, value in _EVENT_COUNT.findall(text):
            totals[name] = totals.get(name, 0.0) + float(value)
        return totals

    async def wait_until_settled(self) -> None:
        """Return when every reader has processed every event. Raises `TimeoutError` after `SETTLE_TIMEOUT` seconds."""
        async with asyncio.timeout(SETTLE_TIMEOUT):
            idle = 0
            while idle < 2:  # twice, as processing an event may have published another one in between
                counts = await self.event_counts()
                idle = idle + 1 if counts["outbox_rows"] == counts["inbox_lag"] == 0 else 0
                await asyncio.sleep(0.02)


_EVENT_COUNT = re.compile(r'^(outbox_rows|inbox_lag|events_published)\{service="\w+"\} ([0-9.e+]+)$', re.MULTILINE)
