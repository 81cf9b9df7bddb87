"""Publish or withdraw calendars, opening hours and policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from bianmin.events.deadlines import CalendarPublished, ChangedDay
from bianmin.kit import parked
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Done, Refused, Work
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
from services.deadlines.domain.calendar.years import CalendarYear, tag_of
from services.deadlines.domain.terms.policies import PublishPolicies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import calendars, documents, hours, policies, recounts, rulebook
from services.deadlines.store.documents import Document, Kind

PublishCommand = PublishYear | WithdrawYear | PublishHours | PublishPolicies


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """The calendar year in force at a region after the command, its own or that of a region above.

    `version`: the tag that the next writer has to have read; None where the region has no year of its own.
    """

    region: str
    version: int | None
    year: CalendarYear


@dataclass(frozen=True, slots=True)
class PublishedHours:
    """The opening hours in force at a region after the command, its own or those of a region above.

    `version`: of its own, None where it has none. `document`: None where no region up to the country has any.
    """

    region: str
    version: int | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class PublishedPolicies:
    """All policies of a region, and the version of the document with them."""

    region: str
    version: int
    policies: Sequence[Policy]


Published = PublishedYear | PublishedHours | PublishedPolicies


class ChangedMeanwhile(Conflict):
    """The writer has read another version of the document."""

    slug, title = "changed-meanwhile", "已被他人修改"


class CalendarInUse(Conflict):
    """Running or paused clocks depend on the calendar year: it cannot be withdrawn."""

    slug, title = "calendar-in-use", "这份日历正在使用"


async def publish_documents(tx: Tx, commands: Sequence[PublishCommand], now: datetime) -> Work[Any, Any]:
    """Publish each document and order the recount of what it may change; a refused command writes nothing."""
    work: Work[Any, Any] = Work()
    for command in commands:
        try:
            work.outcomes.append(Done(await _publish(tx, command, now, work.announced)))
        except Refusal as refusal:
            work.outcomes.append(Refused(refusal))
    return work


async def _publish(tx: Tx, command: PublishCommand, now: datetime, announced: list[Announcement]) -> Published:
    known = await rulebook.lock_for_publishing(tx)
    published: Published
    match command:
        case PublishYear() | WithdrawYear():
            published = await _publish_year(tx, command, known, now, announced)
        case PublishHours(region=region):
            apply_hours(known.calendars, command)
            content = command.hours and hours.content_of(command.hours)
            version = await _put_document(tx, command, "hours", content, now)
            document = await hours.nearest(tx, region)
            published = PublishedHours(region, version if command.hours else None, document)
        case PublishPolicies(region=region):
            version = await _put_document(tx, command, "policies", policies.content_of(command.policies), now)
            published = PublishedPolicies(region, version, command.policies)
        case _:
            assert_never(command)
    await rulebook.refresh_digest(tx)
    # commands that were parked because no calendar reached far enough may succeed now; if not, they are parked again
    await parked.replay_reason(tx, YearMissing.__name__)
    return published


async def _publish_year(
    tx: Tx, command: PublishYear | WithdrawYear, known: Rulebook, now: datetime, announced: list[Announcement]
) -> PublishedYear:
    after, publication = await _changed_calendars(tx, command, known.calendars)
    region, year = publication.region, publication.year
    name = calendars.name_of(region, year)
    content = None if publication.now is None else calendars.content_of(publication.now)
    version = await documents.put(tx, "calendar", name, content, command.by.actor.id, now)
    await recounts.order(tx, publication, now, new_id())
    event = CalendarPublished(
        region=region,
        year=year,
        status=publication.status.value,
        version=version,
        changes=tuple(ChangedDay(date=change.date, works=change.works) for change in publication.changes),
    )
    announced.append(Announcement(name, version, event, command.by))
    in_force = after.year(region, year)
    return PublishedYear(region, tag_of(in_force), in_force)


async def _changed_calendars(
    tx: Tx, command: PublishYear | WithdrawYear, known: Calendars
) -> tuple[Calendars, Publication]:
    if isinstance(command, PublishYear):
        return apply_publication(known, command)
    changed = apply_withdrawal(known, command)
    region, year = command.region, command.year
    if number := await recounts.in_use(tx, region, year):
        raise CalendarInUse(f"有 {number} 个在办时限跨越 {year} 年，正按这份日历计算；请公布更正后的安排。")
    return changed


async def _put_document(
    tx: Tx, command: PublishHours | PublishPolicies, kind: Kind, content: Any | None, now: datetime
) -> int:
    """Returns the version. Raises `ChangedMeanwhile` where the writer has read another one."""
    known = await documents.own(tx, kind, command.region)
    if (known and known.version) != command.expected:
        raise ChangedMeanwhile("刚被他人修改；请重新读取，核对后再提交。")
    version = await documents.put(tx, kind, command.region, content, command.by.actor.id, now)
    await recounts.order_all(tx, command.region, now, new_id())
    return version
