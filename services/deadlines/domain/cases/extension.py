"""An approved extension of a case: at most 10 more working days, in joint handling 15 (行政许可法 art. 42).

`services/routing/domain/extensions.py` decides whether an extension is allowed: once, by whom, and its limit. Here the
approved days are added to the clocks: 20+10 working days for a licence. Table `clock` holds both, `budget` 20 and
`extended_by` 10. Tested in `tests/unit/deadlines/test_extension.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.kit.decide import Cause
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.lifecycle.changes import extend_clocks
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.law import KINDS_SET_BY_ITEM
from services.deadlines.domain.terms.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class ExtendCase:
    """Extend the promised and the statutory clock by the approved `days`: working or calendar days, as each counts."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    days: int
    approved_at: datetime
    by: Cause


def extend_case(book: Rulebook, case: Subject, command: ExtendCase) -> Sequence[Fact]:
    """Extend the promised and the statutory clock of an accepted case (行政许可法 art. 42): 20+10 working days.

    A clock that is red by then is not extended. Raises `YearMissing`.
    """

    def by(clock: Clock) -> int:
        return command.days if clock.term.kind in KINDS_SET_BY_ITEM else 0

    return extend_clocks(book, case, by, command.approved_at) if case.phase == "accepted" else []
