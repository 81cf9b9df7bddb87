"""What the figures are: over which days, by what, for whose eyes, and their rates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import ComplaintParties, first_handler, handles_complaints, may_see_complaint
from bianmin.kit.refusals import FieldError, Forbidden, Invalid

By = Literal["org", "station", "item", "dept", "mode", "month"]
"""`org` answers for the case (it accepts it), `station` is the desk that registered it."""

LONGEST = timedelta(days=400)
"""The longest period of one report: a year, and the month it is compared with."""


class PeriodWrong(Invalid):
    slug, title = "period-wrong", "统计期间不对"


class OrgUnknown(Invalid):
    slug, title = "org-unknown", "没有这个机构"


class OrgNotYours(Forbidden):
    slug, title = "org-not-yours", "不在您的统计范围内"


@dataclass(frozen=True, slots=True)
class Period:
    """Business days in the county's zone, the first and the last included."""

    first: date
    last: date

    @classmethod
    def asked(cls, first: date | None, last: date | None, today: date) -> "Period":
        """Up to today where no end is given, from the first of the end's month where no beginning is."""
        last = last or today
        first = first or last.replace(day=1)
        if first > last:
            raise _wrong("from", "period_reversed", "统计期间的起始日（from）不能晚于截止日（to，不填为今天）。")
        if last - first >= LONGEST:
            raise _wrong("to", "period_too_long", f"一次最多统计 {LONGEST.days} 天，请分段查询。")
        return cls(first, last)

    def months(self) -> Iterator[str]:
        """Every month that the period touches, as `2026-01`."""
        for number in range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month):
            yield f"{number // 12:04}-{number % 12 + 1:02}"


def _wrong(parameter: str, code: str, detail: str) -> PeriodWrong:
    return PeriodWrong(detail, errors=[FieldError(f"query:{parameter}", code, detail)])


def scope(actor: Actor, org: str | None) -> str:
    """The org whose subtree is reported: the one asked for, which must be in the actor's own, else the actor's."""
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
    """`on_time` and `overdue` count each case with a clock once, and once more where it was reopened.

    On time on the day it was decided (`early`: before the last day), overdue on the day it should have been, decided
    since or not: a report of past days stays as it is, months add up, and what is left lying cannot flatter a rate.

    Cards count on the day they were issued, for the unit they were given to, and stay counted; what was revoked is
    counted apart, on the day of that.
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
        """办结率: of what was accepted, as much was closed; above 1 where more was closed than came in."""
        return _share(self.closed, self.accepted)

    @property
    def on_time_rate(self) -> float | None:
        """按时办结率."""
        return _share(self.on_time, self.on_time + self.overdue)

    @property
    def early_rate(self) -> float | None:
        """提前办结率."""
        return _share(self.early, self.on_time + self.overdue)


def _share(part: int, whole: int) -> float | None:
    """To four places; of nothing there is no share."""
    return round(part / whole, 4) if whole else None
