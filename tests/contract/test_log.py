"""What every log promises."""

import asyncio
from collections import defaultdict
from typing import Any, cast

import pytest

from bianmin.kit.log import Consumer, Fenced, Record, Stored
from tests.contract.log_topic import PARTITIONS, LogTopic, fetch_entries, fetch_values, offsets_after, values
from tests.contract.member import member_process


async def test_entries_of_one_key_arrive_in_the_order_in_which_they_were_appended(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    for start in range(0, 300, 100):
        await producer.append(topic.entries([f"{n:03}" for n in range(start, start + 100)]))
    by_key = defaultdict(list)
    for entry in await fetch_entries(reader, 300, limit=70):
        by_key[entry.record.key].append(entry)
    assert len(by_key) == 40
    for entries in by_key.values():
        arrived = [entry.record.value or b"" for entry in entries]
        assert arrived == sorted(arrived)
        assert len({entry.partition for entry in entries}) == 1
        assert [entry.offset for entry in entries] == sorted({entry.offset for entry in entries})


async def test_keys_are_spread_over_all_partitions(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries([str(n) for n in range(40)]))
    assert {entry.partition for entry in await fetch_entries(reader, 40)} == set(range(PARTITIONS))


async def test_a_key_keeps_its_partition_over_a_restart_of_its_producer(topic: LogTopic) -> None:
    reader = await topic.member()
    first, second = await topic.producer(), await topic.producer()
    await first.append(topic.entries([f"first {n}" for n in range(40)]))
    await second.append(topic.entries([f"second {n}" for n in range(40)]))
    places = {(entry.record.key, entry.partition) for entry in await fetch_entries(reader, 80)}
    assert len(places) == 40


async def test_entries_that_were_not_committed_come_again_after_a_rewind(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries(["done"]))
    await reader.commit(offsets_after(await fetch_entries(reader, 1)))
    await producer.append(topic.entries(["a", "b", "c"]))
    assert values(await fetch_entries(reader, 3)) == ["a", "b", "c"]
    await reader.rewind()
    assert values(await fetch_entries(reader, 3)) == ["a", "b", "c"]


async def test_a_rewind_before_the_first_commit_goes_to_the_beginning(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries(["a", "b", "c"]))
    await fetch_entries(reader, 3)
    await reader.rewind()
    assert values(await fetch_entries(reader, 3)) == ["a", "b", "c"]


async def test_entries_that_were_not_committed_come_again_to_the_next_member(topic: LogTopic) -> None:
    producer, first = await topic.producer(), await topic.member()
    await producer.append(topic.entries(["a", "b", "c"]))
    await fetch_entries(first, 3)
    await first.close()
    second = await topic.member()
    assert values(await fetch_entries(second, 3)) == ["a", "b", "c"]


async def test_each_group_reads_everything_at_its_own_pace(topic: LogTopic) -> None:
    producer = await topic.producer()
    quick, slow = await topic.member(f"{topic.group}-quick"), await topic.member(f"{topic.group}-slow")
    await producer.append(topic.entries(["a", "b", "c"]))
    await quick.commit(offsets_after(await fetch_entries(quick, 3)))
    assert values(await fetch_entries(slow, 3)) == ["a", "b", "c"]


async def test_a_new_group_begins_with_the_earliest_entry(topic: LogTopic) -> None:
    producer = await topic.producer()
    await producer.append(topic.entries(["a", "b", "c"]))
    late = await topic.member()
    assert values(await fetch_entries(late, 3)) == ["a", "b", "c"]


async def test_d24_offsets_survive_a_restart_of_everything(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries([f"before {n}" for n in range(50)]))
    await reader.commit(offsets_after(await fetch_entries(reader, 50)))
    await producer.close()
    await reader.close()
    again = await topic.another_log()
    await (await topic.producer()).append(topic.entries(["after"]))
    assert values(await fetch_entries(await topic.member(log=again), 1)) == ["after"]


async def test_two_live_members_share_the_partitions(topic: LogTopic) -> None:
    producer = await topic.producer()
    members = [await topic.member(), await topic.member(log=await topic.another_log())]
    shares: list[set[int]] = [set(), set()]
    seen: set[bytes | None] = set()

    async def read(member: Consumer, share: set[int]) -> None:
        entries = await member.fetch(1000, 0.2)
        share.clear()
        share.update(entry.partition for entry in entries)
        seen.update(entry.record.value for entry in entries)
        await member.commit(offsets_after(entries))

    round_ = 0
    async with asyncio.timeout(60):
        while not (all(shares) and shares[0].isdisjoint(shares[1]) and len(shares[0] | shares[1]) == PARTITIONS):
            await producer.append(topic.entries([f"{round_} {n}" for n in range(40)]))
            round_ += 1
            await asyncio.gather(*(read(member, share) for member, share in zip(members, shares, strict=True)))
        while len(seen) < round_ * 40:
            await asyncio.gather(*(read(member, share) for member, share in zip(members, shares, strict=True)))


async def test_a_member_that_leaves_hands_over_where_it_committed(topic: LogTopic) -> None:
    producer, first = await topic.producer(), await topic.member()
    await producer.append(topic.entries(["a", "b"]))
    await first.commit(offsets_after(await fetch_entries(first, 2)))
    second = await topic.member(log=await topic.another_log())
    await first.close()
    later = {str(n) for n in range(40)}
    await producer.append(topic.entries(sorted(later)))
    assert await fetch_values(second, later) == later


@pytest.mark.expels_dead_members
async def test_d23_the_partitions_of_a_member_that_died_are_taken_over(topic: LogTopic) -> None:
    producer = await topic.producer()
    await producer.append(topic.entries(["a", "b", "c"], keys=1))
    async with member_process(topic) as victim:
        assert await victim.fetch_count() == 3
        survivor = await topic.member()
        await victim.kill()
        later = {str(n) for n in range(40)}
        await producer.append(topic.entries(sorted(later)))
        assert await fetch_values(survivor, {"a", "b", "c"} | later) == {"a", "b", "c"} | later


@pytest.mark.expels_dead_members
async def test_an_expelled_member_cannot_commit(topic: LogTopic) -> None:
    producer = await topic.producer()
    await producer.append(topic.entries(["a", "b", "c"], keys=1))
    async with member_process(topic) as sleeper:
        assert await sleeper.fetch_count() == 3
        sleeper.pause()
        successor = await topic.member()
        taken = await fetch_entries(successor, 3)
        await successor.commit(offsets_after(taken))
        sleeper.resume()
        assert await sleeper.commit() == "lost"
    assert await (await topic.log()).lag(topic.group, [topic.name]) == 0


async def test_an_entry_that_cannot_be_handled_does_not_block_the_others(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append([Record(topic.name, "poison", b"\xff\x00"), *topic.entries(["a", "b", "c"], keys=1)])
    entries = await fetch_entries(reader, 4)
    assert b"\xff\x00" in {entry.record.value for entry in entries}
    await reader.commit(offsets_after(entries))
    await reader.close()
    await producer.append(topic.entries(["after"], keys=1))
    assert values(await fetch_entries(await topic.member(), 1)) == ["after"]


async def test_an_event_of_a_megabyte_passes(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    large = bytes(range(256)) * 4096
    await producer.append([Record(topic.name, "large", large), topic.entry("small", "small")])
    assert {entry.record.value for entry in await fetch_entries(reader, 2)} == {large, b"small"}


async def test_a_tombstone_is_not_an_empty_value(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append([Record(topic.name, "key", None), Record(topic.name, "key", b"")])
    assert [entry.record.value for entry in await fetch_entries(reader, 2)] == [None, b""]


async def test_headers_and_keys_come_back_as_they_were_given(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    headers = (
        ("ce_type", b"cn.bianmin.case.accepted.v1"),
        ("bytes", bytes(range(256))),
        ("ce_type", b""),
        ("名", b"-"),
    )
    record = Record(topic.name, "受理-0198c0de", "内容".encode(), headers)
    await producer.append([record])
    [entry] = await fetch_entries(reader, 1)
    assert entry.record == record


async def test_a_fetch_gives_no_more_than_it_was_asked_for(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries([str(n) for n in range(40)]))
    fetched: list[Stored] = []
    while len(fetched) < 40:
        some = await reader.fetch(7, 5.0)
        assert len(some) <= 7
        fetched += some
    assert values(fetched) == sorted(str(n) for n in range(40))


async def test_a_reader_that_waits_is_woken_by_an_append(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    waiting = asyncio.create_task(reader.fetch(10, 60.0))
    await producer.append(topic.entries(["news"]))
    assert values(await waiting) == ["news"]


async def test_an_older_producer_of_the_same_name_is_fenced(topic: LogTopic) -> None:
    name = f"relay-{topic.group}"
    older = await topic.producer(name)
    await older.append(topic.entries(["by the older"]))
    newer = await topic.producer(name)
    with pytest.raises(Fenced):
        await older.append(topic.entries(["too late"]))
    with pytest.raises(Fenced):
        await older.append(topic.entries(["still too late"]))
    await newer.append(topic.entries(["by the newer"]))
    assert values(await _all(topic)) == ["by the newer", "by the older"]


async def test_producers_of_different_names_do_not_fence_one_another(topic: LogTopic) -> None:
    one, other = await topic.producer(), await topic.producer()
    await one.append(topic.entries(["a"]))
    await other.append(topic.entries(["b"]))
    await one.append(topic.entries(["c"]))
    assert values(await _all(topic)) == ["a", "b", "c"]


async def test_an_append_that_fails_leaves_nothing_behind(topic: LogTopic) -> None:
    # read from the start afterwards: noida-db, asked for what follows an undone append, hides that as well
    producer = await topic.producer()
    await producer.append(topic.entries(["before"]))
    not_bytes = Record(topic.name, "key-0", cast(Any, 1))
    with pytest.raises(Exception, match="bytes"):
        await producer.append([*topic.entries([str(n) for n in range(40)]), not_bytes])
    await producer.append(topic.entries(["after"]))
    assert values(await _all(topic)) == ["after", "before"]
    assert values(await fetch_entries(await topic.member(), 2)) == ["after", "before"]


async def test_an_append_of_nothing_does_nothing(topic: LogTopic) -> None:
    producer = await topic.producer()
    await producer.append([])
    assert await _all(topic) == []


async def test_twenty_thousand_entries_are_appended_at_once(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append(topic.entries([f"{n:05}" for n in range(20_000)]))
    assert values(await fetch_entries(reader, 20_000)) == [f"{n:05}" for n in range(20_000)]


async def test_the_lag_is_what_a_group_has_not_committed(topic: LogTopic) -> None:
    log, producer, reader = await topic.log(), await topic.producer(), await topic.member()
    assert await log.lag(topic.group, [topic.name]) == 0
    for n in range(3):
        await producer.append(topic.entries([f"{n} {m}" for m in range(10)], keys=1))
    assert await log.lag(topic.group, [topic.name]) == 30
    entries = await fetch_entries(reader, 30)
    assert await log.lag(topic.group, [topic.name]) == 30
    await reader.commit(offsets_after(entries[:12]))
    assert await log.lag(topic.group, [topic.name]) == 18
    await reader.commit(offsets_after(entries))
    assert await log.lag(topic.group, [topic.name]) == 0
    assert await log.lag(f"{topic.group}-new", [topic.name]) == 30


async def test_a_scan_sees_everything_and_ends(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    assert await _all(topic) == []
    for n in range(3):
        await producer.append(topic.entries([f"{n} {m:02}" for m in range(40)]))
    await reader.commit(offsets_after(await fetch_entries(reader, 120)))
    seen = await _all(topic)
    assert values(seen) == [f"{n} {m:02}" for n in range(3) for m in range(40)]
    for partition in range(PARTITIONS):
        offsets = [entry.offset for entry in seen if entry.partition == partition]
        assert offsets == sorted(set(offsets))


async def test_topics_are_made_once(topic: LogTopic) -> None:
    log, producer = await topic.log(), await topic.producer()
    await producer.append(topic.entries([str(n) for n in range(40)]))
    other = f"{topic.name}-other"
    await asyncio.gather(*(log.ensure([topic.name, other], PARTITIONS + 3) for _ in range(3)))
    await producer.append([Record(other, f"key-{n}", b"") for n in range(200)])
    assert {entry.partition for entry in await _all(topic)} == set(range(PARTITIONS))
    assert {entry.partition async for entry in log.scan(other)} == set(range(PARTITIONS + 3))


async def _all(topic: LogTopic) -> list[Stored]:
    log = await topic.log()
    return [entry async for entry in log.scan(topic.name)]
