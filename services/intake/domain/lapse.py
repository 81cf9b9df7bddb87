"""The lapse (逾期未补正): a case is closed when the supplement never came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.events.intake import CaseLapsed
from bianmin.kit.decide import Cause
from services.intake.domain.case import Case
from services.intake.domain.facts import Fact


@dataclass(frozen=True, slots=True)
class LapseCase:
    """Close a case whose wait for the supplement was over at `fire_at`, the end of a day before `today`."""

    case_id: UUID
    today: date
    fire_at: datetime
    by: Cause

    @property
    def subject_id(self) -> UUID:
        """The case, as timers name what a command is about."""
        return self.case_id


def lapse(case: Case, command: LapseCase) -> Sequence[Fact]:
    """Return the lapse; nothing when the case does not wait any more, or waits longer."""
    if case.waits_until is None or case.waits_until >= command.today:
        return []
    return [CaseLapsed(access=case.access, lapsed_on=command.today)]
