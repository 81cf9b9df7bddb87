"""Rows of subjects and the subjects they stand for."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from bianmin.domain.access import Holder, Reach, seen_by
from bianmin.domain.complaint_access import ComplaintParties, complaint_keys
from bianmin.events import parts
from bianmin.kit import sets
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.term import ItemTerms


def subject_of_row(
    row: sets.Row, clocks: Sequence[Clock], pauses: Sequence[SubjectPause] = (), cards: Sequence[Card] = ()
) -> Subject:
    """Return the subject of a row with its clocks, pauses and cards. `reach` and `item` of the row are JSON texts.

    Raises `TypeError` where `reach` has other members than its kind of subject.
    """
    return Subject(
        id=row["id"],
        reach=_reach_of(row["kind"], row["reach"]),
        phase=row["phase"],
        clocks=tuple(clocks),
        pauses=tuple(pauses),
        cards=tuple(cards),
        cycle=row["cycle"],
        sequence=row["sequence"],
        item=_item_of(row["item"]),
    )


def full_row(subject: Subject) -> dict[str, Any]:
    """Return all columns of a subject."""
    return {**progress_columns(subject), **_access_columns(subject), "item": subject.item}


def progress_columns(subject: Subject) -> dict[str, Any]:
    """Return the id and the columns that most commands change."""
    return {
        "id": subject.id,
        "phase": subject.phase,
        "cycle": subject.cycle,
        "standstills": len(subject.pauses),
        "cards": len(subject.cards),
        "sequence": subject.sequence,
    }


def _access_columns(subject: Subject) -> dict[str, Any]:
    """Return the columns that say who may see the subject."""
    reach = subject.reach
    keys = complaint_keys(reach) if isinstance(reach, ComplaintParties) else seen_by(reach)
    return {"kind": subject.kind, "reach": asdict(reach), "seen_by": keys}


# many subjects have the same item, and the same reach: each text is parsed once
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
