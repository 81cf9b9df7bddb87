"""Record when the statutory period of a case ends: afterwards no extension can be requested or approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bianmin.kit.decide import Cause
from services.routing.domain.facts import Fact, StatutoryEndChanged
from services.routing.domain.route import Route, StatutoryEnd


@dataclass(frozen=True, slots=True)
class RecordStatutoryEnd:
    """Record the end that deadlines announced. `clock_started`: the clock is new; otherwise it changed."""

    case_id: UUID
    statutory_end: StatutoryEnd
    clock_started: bool
    by: Cause


def record_statutory_end(route: Route, command: RecordStatutoryEnd) -> Sequence[Fact]:
    """Record the end; ignore a change of another clock than the present one, which is of an earlier cycle."""
    known = route.statutory_end
    if not command.clock_started and (known is None or known.clock_id != command.statutory_end.clock_id):
        return []
    return [StatutoryEndChanged(command.statutory_end)]
