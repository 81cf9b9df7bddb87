"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bianmin.events.deadlines import CalendarPublished, ChangedDay
from bianmin.kit.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Cause, Done, Outcome, Refused, Work, decide_all
from bianmin.kit.ids import new_id
from bianmin.kit.refusals import Conflict, Refusal
from services.deadlines.domain import commands as orders
from services.deadlines.domain import publication
from services.deadlines.domain.commands import FireSignals, RecountClocks
from services.deadlines.domain.facts import evolve
from services.deadlines.domain.policies import Policy, PublishPolicies
from services.deadlines.domain.publication import Publication, PublishYear
from services.deadlines.domain.rules import decide
from services.deadlines.domain.subject import Subject
from services.deadlines.domain.years import tag_of
from services.deadlines.store import calendars, orgs, policies, subjects


@dataclass(frozen=True, slots=True)
class KeepOrg:
    """Routing knows this org."""

    code: str
    by: Cause


Command = orders.Command | KeepOrg | PublishYear | PublishPolicies


@dataclass(frozen=True, slots=True)
class Published:
    """A year as it is published now. `version`: its tag, which the next writer has to have seen."""

    publication: Publication
    version: int


@dataclass(frozen=True, slots=True)
class PublishedPolicies:
    """A region's policies as they hold now."""

    region: str
    policies: tuple[Policy, ...]
    version: int


class PoliciesMoved(Conflict):
    slug, title = "policies-moved", "策略已被他人修改"


async def handle(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[Any, Any]:
    """Orgs are kept and calendars published; the rest is decided on the matters it is about."""
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    if known := [command.code for command in commands if isinstance(command, KeepOrg)]:
        await orgs.keep(tx, known)
    for n, command in enumerate(commands):
        if isinstance(command, PublishYear):
            work.outcomes[n] = await _publish(tx, command, now, work.announced)
        elif isinstance(command, PublishPolicies):
            work.outcomes[n] = await _publish_policies(tx, command, now)
    about = [(n, one) for n, one in enumerate(commands) if not isinstance(one, KeepOrg | PublishYear | PublishPolicies)]
    if about:
        decided = await _decide(tx, [command for _, command in about])
        for (n, _), outcome in zip(about, decided.outcomes, strict=True):
            work.outcomes[n] = outcome
        work.announced += decided.announced
    return work


async def _publish(tx: Tx, command: PublishYear, now: datetime, announced: list[Announcement]) -> Outcome:
    known = await calendars.alone(tx)
    try:
        _, published = publication.publish(known.calendars, command)
    except Refusal as refusal:
        return Refused(refusal)
    version = await calendars.put(tx, published, command.by.actor.id, now, new_id())
    year = published.year
    data = CalendarPublished(
        region=year.region,
        year=year.year,
        status=year.status.value,
        version=version,
        changes=tuple(ChangedDay(date=change.date, works=change.works) for change in published.changes),
    )
    announced.append(Announcement(f"{year.region}/{year.year}", version, data, command.by))
    return Done(Published(published, tag_of(year)))


async def _publish_policies(tx: Tx, command: PublishPolicies, now: datetime) -> Outcome:
    """They hold from the commit on; whatever runs there is counted anew by them."""
    await calendars.alone(tx)
    known = await policies.version_of(tx, command.region)
    if known != command.seen:
        return Refused(PoliciesMoved("策略已被他人修改；请重新读取，核对后再提交。"))
    version = (known or 0) + 1
    theirs = tuple(replace(policy, version=version) for policy in command.policies)
    await policies.put(tx, command.region, version, theirs, command.by.actor.id, now)
    await calendars.renew(tx)
    await calendars.order_recount(tx, command.region, now, new_id())
    return Done(PublishedPolicies(command.region, theirs, version))


async def _decide(tx: Tx, commands: Sequence[orders.Command]) -> Work[UUID, Subject]:
    # held before the matters are locked, as by everybody
    in_force = await calendars.in_force(tx, held=True)
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
    found = await subjects.due(tx, now, limit)
    return [FireSignals(each.subject_id, each.clock_id, each.fire_at, now, Cause(system(each.org))) for each in found]


async def claim_recounts(tx: Tx, now: datetime, limit: int) -> list[RecountClocks]:
    """The matters whose clocks cross a changed day, as orders to count them anew."""
    claimed = await calendars.claim_recount(tx, now, limit)
    return [RecountClocks(due.subject_id, due.ordered_at, now, Cause(system(due.org))) for due in claimed]
