"""Cases: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, any_, select

from bianmin.domain.access import Holder, seen_by
from bianmin.events.parts import EventData
from bianmin.events.registry import source_of
from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from bianmin.kit.decide import Announcement
from bianmin.kit.parked_timers import not_parked
from bianmin.kit.time_source import TZ
from services.intake.domain.case import Applicant, Asked, Brought, Case, Notice, Procedure, Refusal
from services.intake.store.guides import guide_of
from services.intake.store.tables import ApplicantRow, CaseRow, TimelineRow, cases, versions

CASES = select(cases, versions.c.guide).join(
    versions,
    and_(
        versions.c.org == cases.c.item_org,
        versions.c.code == cases.c.item_code,
        versions.c.number == cases.c.item_version,
    ),
)
"""Cases with the guide of the item version they were registered under: what `case_of` reads."""

_LOCKED = sets.Load(
    CASES.where(cases.c.id == any_(sets.named("ids", cases.c.id))).order_by(cases.c.id).with_for_update(of=cases)
)


async def load_cases(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """The cases, locked in the order of their ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row["id"]: case_of(row) for row in await _LOCKED(tx, ids=wanted)}


def case_of(row: sets.Row) -> Case:
    """The state a row stands for; the row carries its item version's `guide`."""
    guide = guide_of(row["guide"])
    notice, refusal = row["notice"], row["refusal"]
    return Case(
        id=row["id"],
        case_no=row["case_no"],
        item=guide.facts,
        materials=guide.materials,
        org=row["org"],
        accepting_org=row["accepting_org"],
        channel=row["channel"],
        applicant=row["applicant"],
        registered_by=row["registered_by"],
        client_ref=row["client_ref"],
        agent_id=row["agent_id"],
        registered_at=row["registered_at"],
        received_on=row["received_on"],
        status=row["status"],
        brought=tuple(_brought_of(**one) for one in row["brought"]),
        notice=notice and _notice_of(notice),
        refusal=refusal and Refusal(**{**refusal, "refused_on": date.fromisoformat(refusal["refused_on"])}),
        accepted_on=row["accepted_on"],
        deemed=row["deemed"],
        decided_on=row["decided_on"],
        closed_on=row["closed_on"],
        withdrawal_pending=row["withdrawal_pending"],
        withdrawal_reason=row["withdrawal_reason"],
        holders=tuple(Holder.of(one) for one in row["holders"]),
        clocks=tuple(row["clocks"]),
        cards=tuple(row["cards"]),
        procedures=tuple(_procedure_of(one) for one in row["procedures"]),
        cycle=row["cycle"],
        sequence=row["sequence"],
        version=row["version"],
    )


def _brought_of(no: int, form: str, on: str | None = None) -> Brought:
    return Brought(no, form, None if on is None else date.fromisoformat(on))


def _notice_of(stored: Mapping[str, Any]) -> Notice:
    asked = tuple(Asked(**one) for one in stored["missing"])
    until = stored.get("wait_until")
    waited = None if until is None else date.fromisoformat(until)
    return Notice(date.fromisoformat(stored["noticed_on"]), asked, stored["override_reason"], waited)


def _procedure_of(stored: Mapping[str, Any]) -> Procedure:
    started, ended = (stored[name] and date.fromisoformat(stored[name]) for name in ("started_on", "ended_on"))
    return Procedure(stored["id"], stored["kind"], stored["expected_days"], started, ended)


_NUMBERS = """
INSERT INTO case_number AS n (org, day, last)
SELECT * FROM unnest($1::text[], $2::date[], $3::int[]) AS w(org, day, last) ORDER BY org, day
ON CONFLICT (org, day) DO UPDATE SET last = n.last + excluded.last
RETURNING org, last
"""


async def draw_numbers(tx: Tx, day: date, wanted: Mapping[str, int]) -> dict[str, int]:
    """Draw `wanted[org]` numbers of the day for each org; returns the last number drawn before them."""
    orgs = list(wanted)
    drawn = await rows(tx, _NUMBERS, orgs, [day] * len(orgs), [wanted[org] for org in orgs])
    return {org: last - wanted[org] for org, last in drawn}


class WaitedFor(NamedTuple):
    """A case whose supplement was waited for until `waited_until`, the end of that day."""

    case_id: UUID
    accepting_org: str
    waited_until: datetime


async def waited_for(tx: Tx, today: date, limit: int) -> list[WaitedFor]:
    """Cases whose supplement was waited for until before `today`. They are locked; what others hold is left to them."""
    return [
        WaitedFor(id, org, datetime.combine(until, time.max, TZ))
        for id, org, until in await rows(tx, _WAITED_FOR, today, limit)
    ]


WAITING = "EXISTS (SELECT FROM cases WHERE waits_until < ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)"
_WAITED_FOR = f"""
SELECT id, accepting_org, waits_until FROM cases WHERE waits_until < $1 AND {not_parked("lapses", "cases.id")}
ORDER BY waits_until, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""


async def save_cases(
    tx: Tx,
    new: Sequence[tuple[Case, Applicant]],
    changed: Sequence[Case],
    timeline: Sequence[Mapping[str, Any]],
) -> None:
    """Everything a batch decided about cases, in one statement."""
    await sets.write(
        tx,
        sets.insert(CaseRow, [_row_of(case, born=True) for case, _ in new]),
        sets.insert(
            ApplicantRow,
            [
                {
                    "case_id": case.id,
                    "kind": applicant.kind,
                    "sealed": applicant.sealed,
                    "tail": applicant.tail,
                }
                for case, applicant in new
            ],
        ),
        sets.insert(TimelineRow, timeline, "ON CONFLICT DO NOTHING"),
        sets.update(CaseRow, [_row_of(case, born=False) for case in changed], also="changed_at = now()"),
    )


def _row_of(case: Case, *, born: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": case.id,
        "holders": [str(holder) for holder in case.holders],
        "seen_by": seen_by(case.reach),
        "received_on": case.received_on,
        "status": case.status,
        "lamp": case.lamp,
        "brought": case.brought,
        "notice": case.notice,
        "refusal": case.refusal,
        "accepted_on": case.accepted_on,
        "deemed": case.deemed,
        "decided_on": case.decided_on,
        "closed_on": case.closed_on,
        "withdrawal_pending": case.withdrawal_pending,
        "withdrawal_reason": case.withdrawal_reason,
        "clocks": list(case.clocks),
        "cards": list(case.cards),
        "procedures": case.procedures,
        "cycle": case.cycle,
        "waits_until": case.waits_until,
        "sequence": case.sequence,
        "version": case.version,
    }
    if born:
        row |= {
            "case_no": case.case_no,
            "item_org": case.item.org,
            "item_code": case.item.code,
            "item_version": case.item.version,
            "org": case.org,
            "accepting_org": case.accepting_org,
            "dept": case.item.category,
            "channel": case.channel,
            "applicant": dict(case.applicant),
            "registered_by": case.registered_by,
            "client_ref": case.client_ref,
            "agent_id": case.agent_id,
            "registered_at": case.registered_at,
        }
    return row


def entry_of(announced: Announcement, at: datetime) -> dict[str, Any]:
    """What the timeline keeps of an own announcement."""
    actor = announced.by.actor
    return timeline_row(
        announced.subject, source_of("intake"), announced.sequence, at, actor.name, actor.org, announced.data
    )


_SOURCE = source_of("intake")
_PRIVATE_TO_SERVICES = {"access", "display_name", "assignee", "item"}


def timeline_row(
    case_id: str, source: str, sequence: int, at: datetime, actor: str, org: str, data: EventData
) -> dict[str, Any]:
    return {
        "case_id": UUID(case_id),
        "source": source,
        "sequence": sequence,
        "at": at,
        "type": data.event_type,
        "actor": actor,
        "org": org,
        "data": data.model_dump(mode="json", exclude=_PRIVATE_TO_SERVICES, exclude_none=True),
    }
