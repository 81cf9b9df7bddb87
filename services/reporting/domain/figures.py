"""The figures of a report, its period, and what its viewer may know."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Literal

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import ComplaintParties, first_handler, handles_complaints, may_see_complaint
from bianmin.kit.refusals import FieldError, Forbidden, Invalid

Grouping = Literal["org", "station", "item", "dept", "mode", "month"]
"""By what figures are grouped. `org` accepts the case and is responsible for it, `station` registered it."""

LONGEST_PERIOD = timedelta(days=400)
"""The longest period of one report: a year, and a month to compare it with."""


class PeriodWrong(Invalid):
    """Raised when a period ends before it begins, or is too long."""

    slug, title = "period-wrong", "统计期间不对"


class ReportOrgUnknown(Invalid):
    """Raised when routing announced no org of that code."""

    slug, title = "org-unknown", "没有这个机构"


class OrgNotYours(Forbidden):
    """Raised when a report is requested on an org outside the viewer's subtree."""

    slug, title = "org-not-yours", "不在您的统计范围内"


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Business days in the county's zone, from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def requested(cls, first: date | None, last: date | None, today: date) -> "ReportPeriod":
        """Return the period of a report. It ends today by default, and begins on day 1 of the month it ends in.

        Raises PeriodWrong.
        """
        last = last or today
        first = first or last.replace(day=1)
        if first > last:
            detail = "统计期间的起始日（from）不能晚于截止日（to，不填为今天）。"
            raise PeriodWrong(detail, errors=[FieldError("query:from", "period_reversed", detail)])
        if last - first >= LONGEST_PERIOD:
            detail = f"一次最多统计 {LONGEST_PERIOD.days} 天，请分段查询。"
            raise PeriodWrong(detail, errors=[FieldError("query:to", "period_too_long", detail)])
        return cls(first, last)

    def months(self) -> Iterator[str]:
        """Return every month with a day in the period, as `2026-01`."""
        for number in range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month):
            yield f"{number // 12:04}-{number % 12 + 1:02}"


def reported_org(actor: Actor, org: str | None) -> str:
    """Return the org whose subtree is reported: `org`, or by default the actor's own.

    Raises OrgNotYours for an org outside the actor's subtree.
    """
    if org is None:
        return actor.org
    if not actor.covers(org):
        raise OrgNotYours("只能统计本机构及下级的数据；请改用本机构或下级的代码，或请上级查询。")
    return org


def counts_complaints(actor: Actor) -> bool:
    """Return whether a report counts complaints for this viewer: who handles them, for a whole org and not one line."""
    return actor.dept is None and handles_complaints(actor)


def counts_complaints_about(actor: Actor, org: str) -> bool:
    """Return whether a report counts complaints about `org` for this viewer; who may see none is shown no number."""
    return actor.dept is None and may_see_complaint(actor, ComplaintParties(first_handler(org), org))


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers of cases, cards and complaints in a period.

    `on_time` and `overdue` count each case with a clock once, and once more for each time it was reopened: on time on
    the day of its decision (`early`: before the due day), overdue on its due day, whether it was decided since or not.
    So the report of a past period does not change, months add up, and open cases do not improve a rate.

    Cards count on the day they were issued, for the org they were issued to, and stay counted; revoked cards count
    again, on the day they were revoked.
    """

    registered: int = 0
    accepted: int = 0
    granted: int = 0
    denied: int = 0
    refused: int = 0
    withdrawn: int = 0
    lapsed: int = 0
    closed: int = 0
    on_time: int = 0
    early: int = 0
    overdue: int = 0
    yellow_cards: int = 0
    red_cards: int = 0
    cards_revoked: int = 0
    complaints: int = 0
    complaints_supported: int = 0

    @property
    def closing_rate(self) -> float | None:
        """办结率: closed / accepted; above 1 where more cases were closed than accepted."""
        return _share(self.closed, self.accepted)

    @property
    def on_time_rate(self) -> float | None:
        """按时办结率: on time / (on time + overdue)."""
        return _share(self.on_time, self.on_time + self.overdue)

    @property
    def early_rate(self) -> float | None:
        """提前办结率: early / (on time + overdue)."""
        return _share(self.early, self.on_time + self.overdue)


def _share(part: int, whole: int) -> float | None:
    """Return a share to four places; None where the denominator is 0."""
    return round(part / whole, 4) if whole else None


FIGURES = tuple(each.name for each in fields(Figures))
RATES = ("closing_rate", "on_time_rate", "early_rate")
