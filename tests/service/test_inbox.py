"""Each event takes effect once and in order; what cannot be done now waits, and stops nobody else."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from bianmin.events.envelope import Event
from bianmin.kit import parked
from bianmin.kit.consumer import Subscriber
from bianmin.kit.db import Database, rows, run
from bianmin.kit.execute import Raced
from bianmin.kit.held import due
from bianmin.kit.inbox import Tally
from bianmin.kit.log.postgres import PostgresLog
from bianmin.kit.time_source import TimeSource
from tests.service import tiny
from tests.service.tiny import an_event, an_inbox, effects, held, positions


@pytest.fixture
async def database(new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Database]:
    database = await tiny.furnished(new_database)
    yield database
    await database.close()


@pytest.fixture
def subscriber(database: Database) -> Subscriber:
    """Only its way of digesting is used here: no log is opened."""
    log = PostgresLog(database)
    return Subscriber("tiny", database, log, [], an_inbox(), TimeSource(), announced=lambda: None)


async def take(database: Database, *events: Event) -> Tally:
    async with database.transaction() as tx:
        return await an_inbox().take(tx, events, tiny.NOW)


async def sweep(database: Database) -> None:
    """What the subscriber does every second, with everything due at once."""
    async with database.transaction() as tx:
        await run(tx, "UPDATE held SET next_try = now() WHERE next_try IS NOT NULL")
    async with database.transaction() as tx:
        await an_inbox().retry(tx, await due(tx), tiny.NOW)


async def test_events_of_one_subject_take_effect_in_order(database: Database) -> None:
    await take(database, an_event("a", 1), an_event("b", 1), an_event("a", 2))
    assert await effects(database) == [("a", 1), ("b", 1), ("a", 2)]
    assert await positions(database) == {"a": 2, "b": 1}


async def test_a_repeated_event_has_no_second_effect(database: Database) -> None:
    await take(database, an_event("a", 1), an_event("a", 1))
    tally = await take(database, an_event("a", 1), an_event("a", 2))
    assert await effects(database) == [("a", 1), ("a", 2)]
    assert tally.repeated == 1


async def test_a_subject_never_seen_may_start_anywhere(database: Database) -> None:
    await take(database, an_event("a", 7))
    assert await positions(database) == {"a": 7}


async def test_a_gap_waits_for_its_neighbour_and_goes_on_with_it(database: Database) -> None:
    await take(database, an_event("a", 1), an_event("a", 3), an_event("a", 4))
    assert await effects(database) == [("a", 1)]
    assert await held(database) == {("a", 3): "gap", ("a", 4): "behind"}
    await take(database, an_event("a", 2))
    assert await effects(database) == [("a", 1), ("a", 2), ("a", 3), ("a", 4)]
    assert await held(database) == {}


async def test_a_second_gap_behind_a_waiting_event_goes_on_too(database: Database) -> None:
    await take(database, an_event("a", 1, "after:b"), an_event("a", 2), an_event("a", 4))
    await take(database, an_event("b", 1))
    assert await effects(database) == [("b", 1)], "another subject frees it at the next sweep"
    await sweep(database)
    assert await effects(database) == [("b", 1), ("a", 1), ("a", 2)]
    await take(database, an_event("a", 3))
    assert (await effects(database))[-2:] == [("a", 3), ("a", 4)]


async def test_an_event_too_early_waits_with_the_rest_of_its_chain_and_other_chains_go_on(database: Database) -> None:
    early = an_event("a", 1, "after:a", source="routing")
    await take(database, early, an_event("a", 2, source="routing"), an_event("b", 1))
    assert await effects(database) == [("b", 1)]
    await take(database, an_event("a", 1))
    assert await effects(database) == [("b", 1), ("a", 1), ("a", 1), ("a", 2)]


async def test_an_event_too_early_goes_on_within_its_own_batch(database: Database) -> None:
    await take(database, an_event("a", 1, "after:a", source="routing"), an_event("a", 1))
    assert await effects(database) == [("a", 1), ("a", 1)]
    assert await held(database) == {}


async def test_an_event_too_late_is_recorded_and_stops_no_other(database: Database) -> None:
    await take(database, an_event("a", 1, "late"), an_event("a", 2))
    assert await effects(database) == [("a", 2)]
    async with database.reading() as tx:
        assert await rows(tx, "SELECT subject, sequence, reason FROM passed_over") == [("a", 1, "Conflict")]


async def test_an_unknown_type_is_skipped_and_counts_in_its_order(database: Database) -> None:
    unknown = an_event("a", 1, type_="cn.bianmin.dragon.landed.v1")
    assert unknown.data is None
    await take(database, unknown, an_event("a", 2))
    assert await effects(database) == [("a", 2)]
    assert await positions(database) == {"a": 2}


async def test_an_unexpected_failure_is_parked_and_the_rest_of_its_subject_waits_behind(database: Database) -> None:
    await take(database, an_event("a", 1, "broken"), an_event("a", 2), an_event("b", 1))
    assert await effects(database) == [("b", 1)]
    assert await held(database) == {("a", 1): "parked", ("a", 2): "behind"}
    await take(database, an_event("a", 3))
    assert await held(database) == {("a", 1): "parked", ("a", 2): "behind", ("a", 3): "behind"}


async def test_an_event_that_the_database_refuses_does_not_fail_its_batch(
    database: Database, subscriber: Subscriber
) -> None:
    batch = tiny.stored(tiny.some_bytes("a", 1), tiny.some_bytes("x", 1, "refused"), tiny.some_bytes("b", 1))
    await subscriber.digest(batch)
    assert await effects(database) == [("a", 1), ("b", 1)]
    assert await held(database) == {("x", 1): "parked"}


async def test_a_malformed_entry_is_parked_with_its_place_in_the_log(
    database: Database, subscriber: Subscriber
) -> None:
    await subscriber.digest(tiny.stored(b"{}", b"\xff\x00", tiny.some_bytes("a", 1)))
    assert await effects(database) == [("a", 1)]
    assert sorted(subject for subject, _ in await held(database)) == ["0@0", "0@1"]


async def test_a_parked_event_is_replayed_when_its_reason_is_gone(database: Database, subscriber: Subscriber) -> None:
    await take(database, an_event("a", 1, "broken"), an_event("a", 2))
    async with database.transaction() as tx:
        mended = an_event("a", 1).raw
        await run(tx, "UPDATE held SET payload = $1 WHERE sequence = 1", mended)
    [first] = await parked.listed(database)
    assert (first.state, first.reason) == ("parked", "RuntimeError")
    await parked.replay(database, [first.id])
    await subscriber.sweep()
    assert await effects(database) == [("a", 1), ("a", 2)]
    assert await held(database) == {}


async def test_a_replayed_event_that_fails_again_is_parked_again(database: Database, subscriber: Subscriber) -> None:
    await take(database, an_event("a", 1, "broken"))
    await parked.replay(database, None)
    await subscriber.sweep()
    assert await held(database) == {("a", 1): "parked"}
    assert (await parked.listed(database))[0].attempts == 1


async def test_a_discarded_event_lets_those_behind_it_go_on(database: Database, subscriber: Subscriber) -> None:
    await take(database, an_event("a", 1), an_event("a", 2, "broken"), an_event("a", 3))
    [first] = await parked.listed(database)
    assert await parked.discard(database, [first.id]) == 1
    await subscriber.sweep()
    assert await effects(database) == [("a", 1), ("a", 3)]
    assert await positions(database) == {"a": 3}


async def test_a_member_that_lost_its_partition_changes_nothing(database: Database) -> None:
    """Two members take the same event: the second to commit finds the position moved and rolls back."""
    await take(database, an_event("a", 1))
    async with database.transaction() as slow:
        async with database.transaction() as quick:
            await an_inbox().take(quick, [an_event("a", 2)], tiny.NOW)
        # the slow one read its position before the quick one committed
        stale: Sequence[Event] = [an_event("a", 2)]
        tally = await an_inbox().take(slow, stale, tiny.NOW)
        assert tally.repeated == 1
    assert await effects(database) == [("a", 1), ("a", 2)]


async def test_d25_a_position_that_moved_meanwhile_rolls_the_batch_back(database: Database) -> None:
    from bianmin.kit import inbox

    batch = inbox._Batch(before={("/bianmin/intake", "a"): None}, moved={("/bianmin/intake", "a"): 1})
    await take(database, an_event("a", 1))
    with pytest.raises(Raced):
        async with database.transaction() as tx:
            await inbox._write(tx, batch)
