"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, assert_never
from uuid import UUID

from bianmin.domain.actors import system
from bianmin.events.deadlines import CalendarPublished, ChangedDay
from bianmin.kit import parked
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Cause, Done, Refused, Work, decide_all
from bianmin.kit.ids import new_id
from bianmin.kit.refusals import Conflict, Refusal
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.calendar.publication import (
    Publication,
    PublishHours,
    PublishYear,
    WithdrawYear,
    apply_hours,
    apply_publication,
    apply_withdrawal,
)
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import tag_of
from services.deadlines.domain.decide import Command as SubjectCommand
from services.deadlines.domain.decide import decide
from services.deadlines.domain.lifecycle.card_review import CheckSecondYellow
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.domain.terms.policies import PublishPolicies
from services.deadlines.recounting import recount
from services.deadlines.store import calendars, cards, documents, moves, orgs, recounts, rulebook, signals, subjects
from services.deadlines.store.documents import Kind
from services.deadlines.store.hours import content_of as content_of_hours
from services.deadlines.store.hours import nearest
from services.deadlines.store.policies import content_of as content_of_policies


@dataclass(frozen=True, slots=True)
class KeepOrg:
    """Routing knows this org."""

    code: str
    by: Cause


Publish = PublishYear | WithdrawYear | PublishHours | PublishPolicies
Command = SubjectCommand | KeepOrg | Publish


@dataclass(frozen=True, slots=True)
class Published:
    """What a region has published now. `version`: the tag that the next writer has to have seen, None where there is
    nothing left to have seen."""

    region: str
    version: int | None
    told: Any


class ChangedMeanwhile(Conflict):
    slug, title = "changed-meanwhile", "已被他人修改"


class CalendarInUse(Conflict):
    slug, title = "calendar-in-use", "这份日历正在使用"


async def handle(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[Any, Any]:
    """Orgs are kept, and rules published; the rest is decided on the matters it is about."""
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    if known := [command.code for command in commands if isinstance(command, KeepOrg)]:
        await orgs.keep(tx, known)
    for n, command in enumerate(commands):
        if isinstance(command, Publish):
            try:
                work.outcomes[n] = Done(await _publish(tx, command, now, work.announced))
            except Refusal as refusal:
                work.outcomes[n] = Refused(refusal)
    about = [(n, one) for n, one in enumerate(commands) if not isinstance(one, KeepOrg | Publish)]
    # timers bring one kind of order at a time
    if ringing := [one for _, one in about if isinstance(one, FireSignals)]:
        left = await _ring(tx, ringing, now, work.announced)
        about = [(n, one) for n, one in about if not isinstance(one, FireSignals) or one.clock_id in left]
    if counted := [one for _, one in about if isinstance(one, RecountClocks)]:
        left = await recount(tx, await rulebook.in_force(tx, held=True), counted, work.announced)
        about = [(n, one) for n, one in about if not isinstance(one, RecountClocks) or one.subject_id in left]
    if about:
        decided = await _decide(tx, [command for _, command in about])
        for (n, _), outcome in zip(about, decided.outcomes, strict=True):
            work.outcomes[n] = outcome
        work.announced += decided.announced
    await moves.keep(tx, work.announced, now)
    return work


async def _publish(tx: Tx, command: Publish, now: datetime, announced: list[Announcement]) -> Published:
    """It holds from the commit on: what runs is counted anew, what could not be counted is tried again. Refused before
    anything is written."""
    known = await rulebook.alone(tx)
    match command:
        case PublishYear():
            after, publication = apply_publication(known.calendars, command)
            told = await _put_year(tx, command, after, publication, now, announced)
        case WithdrawYear(region=region, year=year):
            after, publication = apply_withdrawal(known.calendars, command)
            if number := await recounts.in_use(tx, region, year):
                raise CalendarInUse(f"有 {number} 个在办时限跨越 {year} 年，正按这份日历计算；请公布更正后的安排。")
            told = await _put_year(tx, command, after, publication, now, announced)
        case PublishHours(region=region, hours=hours):
            apply_hours(known.calendars, command)
            version = await _put_document(tx, command, "hours", hours and content_of_hours(hours), now)
            told = Published(region, version if hours else None, await nearest(tx, region))
        case PublishPolicies(region=region, policies=policies):
            version = await _put_document(tx, command, "policies", content_of_policies(policies), now)
            told = Published(region, version, policies)
        case _:
            assert_never(command)
    await rulebook.renew(tx)
    # what no calendar reached far enough for may be counted by what was just published; if not, it is parked again
    await parked.replay_reason(tx, YearMissing.__name__)
    return told


async def _put_year(
    tx: Tx,
    command: PublishYear | WithdrawYear,
    after: Calendars,
    publication: Publication,
    now: datetime,
    announced: list[Announcement],
) -> Published:
    year, name = publication.now, calendars.name_of(publication.region, publication.year)
    content = None if year is None else calendars.content_of(year)
    version = await documents.put(tx, "calendar", name, content, command.by.actor.id, now)
    await recounts.order(tx, publication, now, new_id())
    data = CalendarPublished(
        region=publication.region,
        year=publication.year,
        status=publication.status.value,
        version=version,
        changes=tuple(ChangedDay(date=change.date, works=change.works) for change in publication.changes),
    )
    announced.append(Announcement(name, version, data, command.by))
    holds = after.year(publication.region, publication.year)
    return Published(publication.region, tag_of(holds), holds)


async def _put_document(
    tx: Tx, command: PublishHours | PublishPolicies, kind: Kind, content: Any | None, now: datetime
) -> int:
    """Returns its version."""
    known = await documents.own(tx, kind, command.region)
    if (known and known.version) != command.expected:
        raise ChangedMeanwhile("刚被他人修改；请重新读取，核对后再提交。")
    version = await documents.put(tx, kind, command.region, content, command.by.actor.id, now)
    await recounts.order_all(tx, command.region, now, new_id())
    return version


async def _ring(tx: Tx, orders: Sequence[FireSignals], now: datetime, announced: list[Announcement]) -> set[UUID]:
    """Have those tell of which nothing follows but being told. Returns the clocks that are left: they are decided on
    with their matters."""
    now = now.astimezone(UTC)  # as the database gives moments: across zones they compare ten times as slowly
    found = await signals.ringing(tx, [order.clock_id for order in orders])
    plain = {id for id, heard in found.items() if heard.clock.has_no_side_effects(now)}
    left = {order.subject_id for order in orders if order.clock_id not in plain}
    told: dict[UUID, int] = {}
    rung = []
    for order in orders:
        if order.subject_id in left:
            continue
        heard, so_far = found[order.clock_id], told.get(order.subject_id, 0)
        rung.append(heard.clock.fire(now))
        numbered = enumerate(rung[-1].events, heard.sequence + so_far + 1)
        announced += [Announcement(str(order.subject_id), number, fact, order.by) for number, fact in numbered]
        told[order.subject_id] = so_far + len(rung[-1].events)
    if rung:
        await signals.save(tx, rung, told)
    return {order.clock_id for order in orders if order.subject_id in left}


async def _decide(tx: Tx, commands: Sequence[SubjectCommand]) -> Work[UUID, Subject]:
    # held before the matters are locked, as by everybody
    in_force = await rulebook.in_force(tx, held=True)
    states = await subjects.load(tx, {command.subject_id for command in commands})
    before = dict(states)
    work = decide_all(
        states,
        commands,
        key=lambda command: command.subject_id,
        subject=str,
        decide=partial(decide, in_force),
        evolve=evolve,
    )
    await subjects.save(tx, before, work.changed)
    return work


async def claim_signals(tx: Tx, now: datetime, limit: int) -> list[FireSignals]:
    """The clocks that are due to signal, oldest first, as orders. They act where the clock is answered for."""
    found = await signals.due(tx, now, limit)
    by = {org: Cause(system(org)) for org in {each.org for each in found}}
    return [FireSignals(each.subject_id, each.clock_id, each.fire_at, now, by[each.org]) for each in found]


async def claim_recounts(tx: Tx, now: datetime, limit: int) -> list[RecountClocks]:
    """The matters whose clocks cross a changed day, as orders to count them anew."""
    claimed = await recounts.claim(tx, now, limit)
    return [RecountClocks(due.subject_id, due.ordered_at, now, Cause(system(due.org))) for due in claimed]


async def claim_cards(tx: Tx, now: datetime, limit: int) -> list[CheckSecondYellow]:
    """The yellow cards that are to be seen together with the others of their unit, as orders."""
    found = await cards.to_weigh(tx, limit)
    return [
        CheckSecondYellow(each.subject_id, each.card_id, each.others, each.issued_at, now, Cause(system(each.org)))
        for each in found
    ]
