"""Adding events to the facts on PostgreSQL: in any order, in any batches, each once."""

import random
from datetime import date

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bianmin.events.registry import source_of, topic_of
from bianmin.kit.db import rows
from bianmin.kit.log import Record, Stored
from services.reporting.app import SERVICE
from tests.service.reporting.conftest import Open, Reporting, an_actor
from tests.unit.reporting.event_histories import CENTER, COUNTY, EventMaker, a_case, a_clock, a_complaint, an_item
from tests.unit.reporting.random_year import a_year_of_events, interleaved

FACTS = ("case_fact", "complaint_fact", "item", "org")


async def test_any_interleaving_in_any_batches_gives_the_same_tables(open_reporting: Open) -> None:
    chains = a_year_of_events(random.Random(1), 40)
    stored = []
    for order, size in ((1, 1000), (2, 1), (3, 7), (4, 50)):
        reporting = await open_reporting()
        await reporting.takes_in_batches(interleaved(random.Random(order), chains), size)
        stored.append({table: await reporting.rows(table) for table in FACTS})
    assert stored[1:] == stored[:1] * 3


async def test_of_two_withdrawals_the_earlier_day_is_stored_in_any_order(reporting: Reporting) -> None:
    maker = EventMaker()
    for first in ("intake", "routing"):
        case = a_case(maker).withdrawn(date(2026, 2, 3)).withdrawn(date(2026, 2, 1), at="routing")
        earlier, later = (case.intake, case.routing) if first == "intake" else (case.routing, case.intake)
        await reporting.takes(*earlier)
        await reporting.takes(*later)
    assert {row["withdrawn_on"] for row in await reporting.rows("case_fact")} == {"2026-02-01"}


async def test_events_delivered_twice_count_once(reporting: Reporting) -> None:
    events = interleaved(random.Random(2), a_year_of_events(random.Random(2), 20))
    await reporting.takes_in_batches(events, 33)
    once = [await reporting.rows(table) for table in FACTS]
    await reporting.takes_in_batches(events, 50)
    assert [await reporting.rows(table) for table in FACTS] == once


async def counted(reporting: Reporting) -> dict[tuple[str, str], int]:
    assert SERVICE.effects is not None
    async with reporting.runtime.database.reading() as tx:
        return {(source, subject): n for source, subject, n in await rows(tx, SERVICE.effects)}


async def positions(reporting: Reporting) -> dict[tuple[str, str], int]:
    return {(row["source"], row["subject"]): row["sequence"] for row in await reporting.rows("inbox")}


async def test_each_counted_subject_has_as_many_events_as_its_inbox_took(reporting: Reporting) -> None:
    events = interleaved(random.Random(3), a_year_of_events(random.Random(3), 40))
    await reporting.takes_in_batches(events, 64)
    effects, inbox = await counted(reporting), await positions(reporting)
    assert effects == {chain: inbox[chain] for chain in effects}
    # only the clocks of complaints are not counted
    complaints = {subject for source, subject in inbox if source == "/bianmin/complaints"}
    assert inbox.keys() - effects.keys() == {
        (source, subject) for source, subject in inbox if source == "/bianmin/deadlines" and subject in complaints
    }


async def test_events_of_a_later_version_are_counted_for_stored_subjects(reporting: Reporting) -> None:
    maker = EventMaker()
    item = an_item()
    case = a_case(maker, item=item).registered(date(2026, 1, 5)).decided(date(2026, 1, 6))
    case.clock("promise", date(2026, 1, 9))
    lodged = a_complaint(maker, CENTER, date(2026, 1, 7))
    clock = a_clock(maker, lodged[0].subject, "complaint", "complaint", date(2026, 1, 22), False, None)
    subjects = [
        ("intake", case.id),
        ("routing", case.id),
        ("deadlines", case.id),
        ("complaints", lodged[0].subject),
        ("deadlines", lodged[0].subject),
        ("intake", f"{item.org}/{item.code}"),
        ("routing", CENTER),
    ]
    await reporting.takes(*case.intake, *case.routing, *case.deadlines, *lodged, *clock)
    await reporting.takes(maker.item(item), maker.org(CENTER), *(maker.unknown_event(*each) for each in subjects))
    effects, inbox = await counted(reporting), await positions(reporting)
    assert effects == {chain: n for chain, n in inbox.items() if chain != ("/bianmin/deadlines", lodged[0].subject)}
    assert set(effects.values()) == {2}


async def test_an_event_whose_subject_is_no_id_is_parked_alone(reporting: Reporting) -> None:
    maker = EventMaker()
    good, bad = a_case(maker).registered(date(2026, 1, 5)), a_case(maker)
    bad.id = "no-id"
    bad.registered(date(2026, 1, 5))
    records = [Record("bianmin.intake", event.subject, event.raw) for event in (*good.intake, *bad.intake)]
    await reporting.runtime.subscriber.digest([Stored(record, 0, offset) for offset, record in enumerate(records)])
    assert [row["case_id"] for row in await reporting.rows("case_fact")] == [good.id]
    assert [(row["subject"], row["state"]) for row in await reporting.rows("held")] == [("no-id", "parked")]


async def test_events_on_the_topics_show_in_the_figures(reporting: Reporting) -> None:
    chains = a_year_of_events(random.Random(4), 30)
    for service in SERVICE.listens:
        producer = await reporting.harness.log.producer(service)
        mine = [event for chain in chains for event in chain if event.source == source_of(service)]
        await producer.append([Record(topic_of(service), event.subject, event.raw) for event in mine])
        await producer.close()
    await reporting.harness.settles()
    report = await reporting.reports(an_actor(COUNTY), from_="2025-11-01", to="2026-06-30")
    assert report["total"]["registered"] == 30


async def test_the_schema_is_what_the_tables_say(reporting: Reporting) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), SERVICE.metadata)

    async with reporting.runtime.database.transaction() as tx:
        assert await tx.run_sync(differences) == []
