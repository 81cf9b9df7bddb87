"""What only the log in Kafka promises."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bianmin.kit.db import is_away
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.kafka.clients import Compression
from tests.brokers import free_port, noida_kafka
from tests.contract.log_topic import KAFKA, LogTopic, fetch_values, offsets_after


async def test_without_a_broker_calls_fail_in_time_and_work_again_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    log = KafkaLog(f"127.0.0.1:{port}", max_wait=1.0)
    with noida_kafka(tmp_path, port):
        await log.ensure(["topic"], 2)
        producer, reader = await log.producer("producer"), await log.consumer("group", ["topic"])
        topic = LogTopic(f"{KAFKA}127.0.0.1:{port}", AsyncExitStack())
        topic.name = "topic"
        await producer.append(topic.entries(["a"], keys=1))
        before = await reader.fetch(10, 30.0)
    for attempt in (
        producer.append(topic.entries(["lost"])),
        producer.append(topic.entries(["lost"])),
        reader.commit(offsets_after(before)),
        reader.rewind(),
        log.lag("group", ["topic"]),
        log.ensure(["topic"], 2),
        log.producer("other"),
        log.consumer("group", ["topic"]),
    ):
        with pytest.raises(ConnectionError) as raised:
            await attempt
        assert is_away(raised.value)
    await producer.close()
    assert await reader.fetch(10, 0.1) == []
    with noida_kafka(tmp_path, port):
        producer = await log.producer("producer")
        await producer.append(topic.entries(["b"], keys=1))
        assert await fetch_values(reader, {"b"}) <= {"a", "b"}
        await producer.close()
        await reader.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
async def test_compressed_entries_are_read_by_everybody(topic: LogTopic, compression: Compression) -> None:
    if not topic.address.startswith(KAFKA):
        pytest.skip("PostgreSQL compresses by itself")
    reader = await topic.member()
    producer = await KafkaLog(topic.address.removeprefix(KAFKA), compression=compression).producer("compressing")
    values = {f"{n:04} {'便民' * 200}" for n in range(500)}
    await producer.append(topic.entries(sorted(values)))
    await producer.close()
    assert await fetch_values(reader, values) == values
