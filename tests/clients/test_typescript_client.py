"""A TypeScript client plays the flow of the demo, and JavaScript reads what it caused from Kafka."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.brokers import delete_topics, noida_kafka
from tests.clients.environment import bianmin_up, run, write_document
from tests.idle import published_events, wait_until_idle

SOURCES = Path(__file__).with_name("typescript")


@pytest.fixture(params=["noida", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a Kafka broker without our topics."""
    if request.param == "noida":
        with noida_kafka(tmp_path / "kafka") as address:
            yield address
    elif kafka := os.environ.get("BIANMIN_TEST_KAFKA"):
        asyncio.run(delete_topics(kafka))
        yield kafka
    else:
        pytest.skip("BIANMIN_TEST_KAFKA names no broker")


def test_g37_typescript_compiles_plays_the_flow_of_the_demo_and_reads_every_record_as_a_cloudevent(
    node: Path, broker: str, tmp_path: Path
) -> None:
    run(["node_modules/.bin/openapi-typescript", write_document(node), "-o", "schema.ts"], node)
    for name in ("package.json", "tsconfig.json", "flow.ts", "topics.ts"):
        shutil.copy(SOURCES / name, node)
    run(["node_modules/.bin/tsc", "-p", "."], node)
    with bianmin_up(tmp_path / "data", kafka=broker) as county:
        assert run(["node", "built/flow.js", county.described(node)], node).splitlines()[-1] == "played"
        asyncio.run(wait_until_idle(county.base))
        published = published_events(httpx2.get(f"{county.base}/metrics").text)
    read = json.loads(run(["node", "built/topics.js", broker], node).splitlines()[-1])
    assert sum(read.values()) == published
    assert read["cn.bianmin.case.granted.v1"] == 1
