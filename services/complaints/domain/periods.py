"""The periods of a complaint: deadlines counts them and announces when each ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from bianmin.kit.time_source import TZ
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, PeriodEndRecorded


class PeriodOver(Conflict):
    """Raised when the period for an act has ended."""

    slug, title = "period-over", "期限已过"


class PeriodUnknown(Conflict):
    """Raised when deadlines has not announced yet when the period for an act ends."""

    slug, title = "period-unknown", "期限正在计算"


@dataclass(frozen=True, slots=True)
class RecordPeriodEnd:
    """Record when a period of a complaint ends, as deadlines announced it."""

    complaint_id: UUID
    stage: str
    due_at: datetime
    by: Cause


def record_period_end(complaint: Complaint | None, command: RecordPeriodEnd) -> Sequence[Fact]:
    """Return the fact that a period ends at another moment than was known; none where nothing changes."""
    if complaint is None or complaint.ends.get(command.stage) == command.due_at:
        return []
    return [PeriodEndRecorded(command.stage, command.due_at)]


def check_in_time(complaint: Complaint, stage: str, at: datetime, late: str) -> None:
    """Check that the period `stage` has not ended at the moment `at`.

    Raises PeriodUnknown, and PeriodOver with the text `late`, where `{}` stands for the last day of the period.
    """
    end = complaint.ends.get(stage)
    if end is None:
        raise PeriodUnknown("期限正在计算；请稍后再试。")
    if at > end:
        raise PeriodOver(late.format(last_day(end)) + "。")


def last_day(end: datetime) -> date:
    """Return the last day of a period that ends at `end`, in the county's zone: midnight belongs to the day before."""
    return (end - datetime.resolution).astimezone(TZ).date()
