"""Random requests in every role: none fails inside, and no answer has a status that the document does not name."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from bianmin.domain.actors import Actor
from bianmin.kit.auth import Tokens
from bianmin.kit.docs import describe
from bianmin.kit.settings import Settings
from command.deployment import SERVICES
from tests.clients.environment import bianmin_up
from tests.county import CENTER, COUNTY, STATION, a_registration, clients
from tests.harness import Client
from tests.idle import wait_until_idle
from tests.rounds import rounds

Case = schemathesis.Case[Any]
DOCUMENT = describe(SERVICES)
TOLD = {"etag", "link", "location", "allow", "retry-after", "www-authenticate", "ratelimit", "ratelimit-policy"}
"""Headers that are declared where they are sent."""
ROLES = {
    "nobody": None,
    "citizen": Actor("c-1", STATION, frozenset({"citizen"})),
    "department": Actor("department-520111-civil", COUNTY, frozenset({"department"}), "civil"),
    "integrator": Actor("system-1", COUNTY, frozenset({"integrator"})),
}


class Fuzzed:
    """`bianmin up` with a county in which something is under way: ids to put into paths, and a token for each role."""

    def __init__(self, base: str, tokens: Tokens) -> None:
        self.base = base
        self.tokens = tokens
        self.known: Mapping[str, Any] = asyncio.run(self._start_matters())

    def headers(self, role: str) -> dict[str, str]:
        actor = ROLES[role]
        if actor is None:
            return {}
        return {"Authorization": f"Bearer {self.tokens.issue(actor, role, seconds=3600)}"}

    async def _start_matters(self) -> Mapping[str, Any]:
        async with httpx2.AsyncClient(base_url=self.base, timeout=20) as http:
            someone = clients(http, self.tokens)
            case = (await someone("window", STATION).post("/cases", a_registration())).json()
            await someone("window", CENTER).post(f"/cases/{case['id']}/accept")
            body = a_registration(channel="mobile")
            await Client(http, self.headers("citizen")).post("/cases", body)
            lodging = {"kind": "complaint", "subject": {"org": CENTER}, "anonymous": True, "text": "x"}
            complaint = (await Client(http, {}).post("/complaints", lodging, key=str(uuid4()))).json()
            await wait_until_idle(self.base)
            clocks = (await someone("manager", COUNTY).get("/clocks")).json()["items"]
            route = (await someone("window", CENTER).get(f"/cases/{case['id']}/route")).json()
        return {
            "case_id": case["id"],
            "clock_id": clocks[0]["id"],
            "complaint_id": complaint["id"],
            "task_id": route["steps"][0]["id"],
            "step_id": route["steps"][0]["id"],
            "code": "MZ-003",
            "region": COUNTY,
            "year": 2026,
        }


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    data = tmp_path_factory.mktemp("fuzzing") / "data"
    with bianmin_up(data) as county:
        yield Fuzzed(county.base, Tokens(Settings.load({}, data=data).token_secret()))


@dataclass
class Findings:
    """What came back: how many answers of each status, and the first fault of each operation and status."""

    answers: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def note(self, role: str, case: Case, response: schemathesis.Response) -> None:
        """Count an answer and check it."""
        status = response.status_code
        self.answers[status] += 1
        documented = case.operation.definition.raw["responses"]
        problem = response.headers["content-type"] == ["application/problem+json"]
        if status >= 500 or str(status) not in documented or (status >= 400) is not problem:
            self.faults.setdefault(f"{case.operation.label}: {status}", f"as {role}: {response.text[:300]}")
            return
        declared = self.headers_of(documented[str(status)])
        hidden = (response.headers.keys() & TOLD) - declared
        if hidden or (status in (201, 405) and not {"location", "allow"} & response.headers.keys()):
            self.faults.setdefault(f"{case.operation.label}: {status}", f"as {role}: headers {sorted(hidden)}")

    def headers_of(self, answer: Mapping[str, Any]) -> set[str]:
        """Return the headers that the document declares for an answer."""
        shared = DOCUMENT["components"]["responses"]
        found = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        return {name.lower() for name in found["headers"]}


def send_some(strategy: SearchStrategy[Case], send: Callable[[Case], None]) -> None:
    """Send a few cases of a strategy, the same ones in every run; none where it has none."""

    @given(case=strategy)
    @settings(
        max_examples=rounds(2, 60),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def each(case: Case) -> None:
        send(case)

    with suppress(Unsatisfiable):
        each()


def test_no_random_request_fails_inside_or_is_answered_by_a_status_that_is_not_documented(fuzzed: Fuzzed) -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    findings = Findings()
    tokens = {role: fuzzed.headers(role) for role in ROLES}
    with requests.Session() as session:
        session.trust_env = False

        def send(case: Case) -> None:
            for role, token in tokens.items():
                headers = {**token, "Idempotency-Key": str(uuid4())}
                findings.note(role, case, case.call(fuzzed.base, session=session, headers=headers))

        for result in schema.get_all_operations():
            assert isinstance(result, Ok), result
            operation = result.ok()
            names = {parameter.name for parameter in operation.path_parameters}
            known = {name: value for name, value in fuzzed.known.items() if name in names}
            if "/orgs/" in operation.path and known:
                known["code"] = COUNTY
            for mode in GenerationMode:
                send_some(operation.as_strategy(mode, path_parameters=known), send)
    assert not findings.faults, "\n".join(f"{place}: {fault}" for place, fault in sorted(findings.faults.items()))
    assert {200, 401, 403, 404, 422} <= findings.answers.keys(), "good and bad requests, of those who may and may not"
