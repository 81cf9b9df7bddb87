"""The state of a yellow or red card: the record that a unit has missed a clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bianmin.events.parts import CardLevel, ClockKind
from services.deadlines.domain.clocks.clock import ResponsibleUnit

CardStatus = Literal["issued", "appealed", "upheld", "revoked"]

SECOND_IN_CASE = "second_yellow"
"""Reason of a red card: the unit's second yellow card in one case."""
SECOND_IN_YEAR = "second_yellow_in_year"
"""Reason of a red card: the unit's second yellow card within twelve months."""

SYSTEM = "system"
"""Who revokes a card without a decision of a person."""
RECOUNTED = "recounted"
"""Reason of a revocation: a recount has moved the end, and the clock was not missed."""
DEPENDENT = "rests_on_revoked"
"""Reason of a revocation: the yellow card that this card depended on was revoked."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the unit `responsible` got for a missed clock.

    `reason`: the kind of the clock, `SECOND_IN_CASE` or `SECOND_IN_YEAR`. `appeal_by`: the last moment for an appeal.
    `appeal` and `settlement` are encrypted texts. `settled_by`: a staff id, or `SYSTEM`. `awaits_year_check`: a yellow
    card that has still to be compared with the unit's other yellow cards of twelve months (column `to_weigh`).
    """

    id: UUID
    clock_id: UUID
    kind: ClockKind
    stage: str | None
    level: CardLevel
    reason: str
    responsible: ResponsibleUnit
    cycle: int
    issued_at: datetime
    appeal_by: datetime
    status: CardStatus = "issued"
    appealed_at: datetime | None = None
    appealed_by: str | None = None
    appeal: bytes | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settlement: bytes | None = None
    settled_reason: str | None = None
    awaits_year_check: bool = False
    version: int = 1
