"""Matters and their clocks: load many, save many, find those that are due."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, cast, select

from bianmin.domain.access import Holder, Reach, seen_by
from bianmin.domain.complaint_access import ComplaintParties, complaint_keys
from bianmin.events import parts
from bianmin.events.parts import ClockKind
from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.periods.period import CountedPeriod, CutOff, DueDate, Pause, Unit
from services.deadlines.domain.terms.law import PAUSED_BY_PROCEDURES, default_card
from services.deadlines.domain.terms.term import ItemTerms, Mark, Term
from services.deadlines.store import cards as cards_store
from services.deadlines.store.signals import read, written
from services.deadlines.store.tables import CardRow, ClockRow, PauseRow, SubjectRow, clocks, pauses, subjects

NEVER = datetime.max.replace(tzinfo=UTC)
"""What PostgreSQL keeps as `infinity`."""

# what JSON a matter and its clocks have is much the same: it comes as text, and each text is read once
_SUBJECTS = (
    select(
        *(column for column in subjects.c if column.name not in ("reach", "item")),
        cast(subjects.c.reach, Text).label("reach"),
        cast(subjects.c.item, Text).label("item"),
    )
    .where(subjects.c.id == any_(sets.named("ids", subjects.c.id)))
    .order_by(subjects.c.id)
)
_LOCKED, _LOOKED_AT = sets.Load(_SUBJECTS.with_for_update()), sets.Load(_SUBJECTS)
_PAUSES = sets.Load(
    select(pauses).where(pauses.c.subject_id == any_(sets.named("ids", pauses.c.subject_id))).order_by(pauses.c.id)
)
CLOCK = (*(column for column in clocks.c if column.name != "policy"), cast(clocks.c.policy, Text).label("policy"))
"""The columns that `clock_of` reads."""
_CLOCKS = sets.Load(
    select(*CLOCK).where(clocks.c.subject_id == any_(sets.named("ids", subjects.c.id))).order_by(clocks.c.id)
)


async def load(tx: Tx, ids: Iterable[UUID], *, locked: bool = True) -> dict[UUID, Subject]:
    """The matters with their clocks, locked in the order of their ids unless they are only looked at."""
    wanted = set(ids)
    found = await (_LOCKED if locked else _LOOKED_AT)(tx, ids=wanted)
    stood_still = {row["id"] for row in found if row["standstills"]}
    standstills: dict[UUID, list[SubjectPause]] = defaultdict(list)
    for row in await _PAUSES(tx, ids=stood_still) if stood_still else ():
        standstills[row["subject_id"]].append(_standstill_of(row))
    carded = [row["id"] for row in found if row["cards"]]
    given: dict[UUID, list[Card]] = defaultdict(list)
    for subject_id, card in await cards_store.of_subjects(tx, carded) if carded else ():
        given[subject_id].append(card)
    # in statements of their own: joined to the lock, they would be read as they were before it was waited for
    of_subject: dict[UUID, list[Clock]] = defaultdict(list)
    for row in await _CLOCKS(tx, ids=wanted):
        of_subject[row["subject_id"]].append(clock_of(row, standstills[row["subject_id"]]))
    return {
        row["id"]: subject_of(row, of_subject[row["id"]], standstills[row["id"]], given[row["id"]]) for row in found
    }


def subject_of(
    row: sets.Row, theirs: Sequence[Clock], standstills: Sequence[SubjectPause] = (), given: Sequence[Card] = ()
) -> Subject:
    """A matter out of its row, with its clocks, pauses and cards."""
    return Subject(
        id=row["id"],
        reach=_reach_of(row["kind"], row["reach"]),
        phase=row["phase"],
        clocks=tuple(theirs),
        pauses=tuple(standstills),
        cards=tuple(given),
        cycle=row["cycle"],
        sequence=row["sequence"],
        item=_item_of(row["item"]),
    )


async def standstills_of(tx: Tx, subject_id: UUID) -> list[SubjectPause]:
    """The pauses of a matter, over or not."""
    return [_standstill_of(row) for row in await _PAUSES(tx, ids=[subject_id])]


async def save(tx: Tx, before: Mapping[UUID, Subject], changed: Mapping[UUID, Subject]) -> None:
    """Everything a batch decided, in one statement. `before`: the matters as they were loaded."""
    new = [subject for id, subject in changed.items() if id not in before]
    known = [subject for id, subject in changed.items() if id in before]
    shown_anew = {subject.id for subject in known if subject.reach != before[subject.id].reach}
    ran = {clock.id: clock for subject in before.values() for clock in subject.clocks}
    now = [(subject, clock) for subject in changed.values() for clock in subject.clocks]
    turned = [clock for _, clock in now if clock.id in ran and clock != ran[clock.id]]
    stood = {each.id: each for subject in before.values() for each in subject.pauses}
    known_cards = {card.id: card for subject in before.values() for card in subject.cards}
    given = [(subject.id, card) for subject in changed.values() for card in subject.cards]
    still = [(subject, each) for subject in changed.values() for each in subject.pauses]
    await sets.write(
        tx,
        sets.insert(SubjectRow, [{**_standing(subject), **_showing(subject), "item": subject.item} for subject in new]),
        sets.insert(ClockRow, [_starting(subject, clock) for subject, clock in now if clock.id not in ran]),
        sets.insert(PauseRow, [_pausing(subject, each) for subject, each in still if each.id not in stood]),
        # who may see it changes seldom, and is not written again with every signal
        sets.update(SubjectRow, [_standing(subject) for subject in known if subject.id not in shown_anew]),
        sets.update(
            SubjectRow,
            [{**_standing(subject), **_showing(subject)} for subject in known if subject.id in shown_anew],
        ),
        # nor, with every signal, when it ends
        sets.update(
            ClockRow,
            [_moving(clock) for clock in turned if _counting(clock) == _counting(ran[clock.id])],
            also="changed_at = now()",
        ),
        sets.update(
            ClockRow,
            [
                {**_moving(clock), **_counting(clock)}
                for clock in turned
                if _counting(clock) != _counting(ran[clock.id])
            ],
            also="changed_at = now()",
        ),
        sets.update(
            PauseRow,
            [{"id": each.id, "until": each.pause.until} for _, each in still if each != stood.get(each.id, each)],
        ),
        sets.insert(CardRow, [cards_store.row_of(id, card) for id, card in given if card.id not in known_cards]),
        sets.update(
            CardRow,
            [cards_store.row_of(id, card) for id, card in given if known_cards.get(card.id, card) != card],
            also="changed_at = now()",
        ),
    )


def clock_of(row: sets.Row, standstills: Sequence[SubjectPause]) -> Clock:
    """A clock out of its row and the pauses of its matter."""
    term = _term_of(row["kind"], row["unit"], row["budget"], row["stage"], row["policy"])
    pauses = tuple(each.pause for each in standstills) if term.kind in PAUSED_BY_PROCEDURES else ()
    return Clock(
        id=row["id"],
        term=term,
        responsible=ResponsibleUnit(row["org"], row["dept"]),
        period=CountedPeriod(
            unit=term.unit,
            budget=term.budget + row["extended_by"],
            start=row["started_at"].astimezone(TZ),
            pauses=pauses,
            cut_off=term.cut_off,
            not_before=row["not_before"],
        ),
        end=row["due_on"] and DueDate(row["due_on"], row["due_at"].astimezone(TZ), row["provisional"]),
        calendar_version=row["calendar_version"],
        reminder_at=_local(row["reminder_at"]),
        yellow_at=_local(row["yellow_at"]),
        cycle=row["cycle"],
        lamp=row["lamp"],
        sent_signals=read(row["told"]),
        state=row["state"],
        stopped_at=_local(row["stopped_at"]),
        late=row["late"],
        version=row["version"],
    )


@lru_cache(maxsize=4096)
def _term_of(kind: ClockKind, unit: str, budget: int, stage: str | None, policy: str | None) -> Term:
    """As the law and the item have it, or as a policy set it."""
    if policy is None:
        return Term(kind, Unit(unit), budget, stage, card=default_card(kind, stage))
    stored = json.loads(policy)
    return Term(
        kind,
        Unit(unit),
        budget,
        stage,
        reminder=Mark(**stored["reminder"]),
        yellow=Mark(**stored["yellow"]),
        cut_off=CutOff(stored["cut_off"]),
        card=stored["card"],
        second_yellow=stored.get("second_yellow", "case"),
        order_days=stored["order_days"],
        extension=stored.get("extension", 0),
        policy=stored["policy"],
    )


def _standstill_of(row: sets.Row) -> SubjectPause:
    pause = Pause(row["since"].astimezone(TZ), _local(row["until"]))
    return SubjectPause(row["id"], pause, row["reason"], row["legal_basis"], row["evidence"])


def _local(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(TZ)


def _starting(subject: Subject, clock: Clock) -> dict[str, Any]:
    return {
        **_moving(clock),
        **_counting(clock),
        "subject_id": subject.id,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "cycle": clock.cycle,
        "started_on": clock.period.start_on,
        "started_at": clock.period.start,
    }


def _counting(clock: Clock) -> dict[str, Any]:
    """What it is counted by that may change, and when it ends by that."""
    end = clock.end
    return {
        "org": clock.responsible.org,
        "dept": clock.responsible.dept,
        "unit": clock.term.unit.value,
        "budget": clock.term.budget,
        "policy": _policy_row(clock.term),
        "extended_by": clock.extended_by,
        "not_before": clock.period.not_before,
        "due_on": end and end.due_on,
        "due_at": end.due_at if end else NEVER,
        "provisional": end is not None and end.provisional,
        "reminder_at": clock.reminder_at,
        "yellow_at": clock.yellow_at,
        "calendar_version": clock.calendar_version,
    }


_OF_POLICY = ("policy", "reminder", "yellow", "cut_off", "card", "order_days", "second_yellow", "extension")


def _policy_row(term: Term) -> dict[str, Any] | None:
    if term.policy is None:
        return None
    return {name: getattr(term, name) for name in _OF_POLICY}


def _moving(clock: Clock) -> dict[str, Any]:
    """What changes while a clock runs."""
    return {
        "id": clock.id,
        "lamp": clock.lamp,
        "told": written(clock.sent_signals),
        "state": clock.state,
        "stopped_at": clock.stopped_at,
        "late": clock.late,
        "next_fire_at": clock.next_fire_at,
        "version": clock.version,
    }


def _pausing(subject: Subject, standstill: SubjectPause) -> dict[str, Any]:
    return {
        "id": standstill.id,
        "subject_id": subject.id,
        "since": standstill.pause.since,
        "until": standstill.pause.until,
        "reason": standstill.reason,
        "legal_basis": standstill.legal_basis,
        "evidence": standstill.evidence,
    }


def _standing(subject: Subject) -> dict[str, Any]:
    """How far a matter has come."""
    return {
        "id": subject.id,
        "phase": subject.phase,
        "cycle": subject.cycle,
        "standstills": len(subject.pauses),
        "cards": len(subject.cards),
        "sequence": subject.sequence,
    }


def _showing(subject: Subject) -> dict[str, Any]:
    """Where it is, and with that who may see it."""
    reach = subject.reach
    keys = complaint_keys(reach) if isinstance(reach, ComplaintParties) else seen_by(reach)
    return {"kind": subject.kind, "reach": asdict(reach), "seen_by": keys}


@lru_cache(maxsize=4096)
def _item_of(stored: str | None) -> ItemTerms | None:
    if stored is None:
        return None
    item = json.loads(stored)
    legal, promise = (item[name] and parts.Period.model_validate(item[name]) for name in ("legal", "promise"))
    return ItemTerms(item["code"], item["item_type"], item["mode"], legal, promise)


@lru_cache(maxsize=65536)
def _reach_of(kind: str, stored: str) -> Reach | ComplaintParties:
    reach = json.loads(stored)
    if kind == "complaint":
        return ComplaintParties(**{**reach, "recused": tuple(reach.get("recused", ()))})
    return Reach(**{**reach, "holders": tuple(Holder(**holder) for holder in reach["holders"])})
