"""The roster of an org: who is on duty on which weekdays, opening hours, market days, fixed trips."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

from bianmin.domain.actors import Actor
from bianmin.events.routing import DutyPublished
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid
from services.routing.domain.directory.org import OrgNotFound
from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.rosters.market import BRANCHES, MarketRule


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who are on duty on some weekdays (1 is Monday), in a span of days, at a window."""

    staff_ids: tuple[str, ...]
    weekdays: tuple[int, ...]
    first: date | None = None
    last: date | None = None
    window: str | None = None

    def covers(self, day: date) -> bool:
        """Whether the rotation is on duty on a day."""
        within = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return within and day.isoweekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A span of the day in which the desk is open, as `HH:MM`."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class FixedTrip:
    """An agent's trip to another org on fixed days: on weekdays, on the market days there, or both (定人定时)."""

    agent_id: str
    to_org: str
    weekdays: tuple[int, ...] = ()
    market: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster of an org. `sequence` counts its announcements, `version` its changes."""

    org: str
    rotation: tuple[Rotation, ...] = ()
    open: tuple[OpenHours, ...] = ()
    market: MarketRule | None = None
    trips: tuple[FixedTrip, ...] = ()
    sequence: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class PutRoster:
    """Set the roster of an org. `expected` is the version that the writer has read, None where there is none."""

    roster: Roster
    expected: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class RosterSurroundings:
    """What a roster refers to: the staff by id, and the orgs that exist."""

    staff: Mapping[str, StaffMember] = field(default_factory=dict)
    orgs: frozenset[str] = frozenset()


class RosterFaulty(Invalid):
    """The roster overlaps itself, or names people, orgs or days that do not exist."""

    slug, title = "roster-wrong", "值班表有误"


class RosterElsewhere(Forbidden):
    """The org is not in the actor's subtree."""

    slug, title = "roster-elsewhere", "不是本单位的值班表"


class RosterChanged(Conflict):
    """Somebody has changed the roster meanwhile."""

    slug, title = "roster-changed", "值班表已被修改"


@dataclass(frozen=True, slots=True)
class RecordDays:
    """Record days whose kind changed: (region, day, whether it is worked)."""

    days: tuple[tuple[str, date, bool], ...]
    by: Cause


def put_roster(known: Roster | None, command: PutRoster, surroundings: RosterSurroundings) -> Roster:
    """Return the roster in its next version.

    Raises `RosterElsewhere`, `OrgNotFound`, `RosterChanged` or `RosterFaulty`.
    """
    roster = command.roster
    check_may_plan(command.by.actor, roster.org)
    if roster.org not in surroundings.orgs:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    if (known.version if known else None) != command.expected:
        raise RosterChanged("值班表刚刚被修改；请重新读取后再提交。")
    check_roster(roster, surroundings)
    number = known.version + 1 if known else 1
    return replace(roster, sequence=number, version=number)


def check_may_plan(actor: Actor, org: str) -> None:
    """Check that the actor may set the roster: an admin or a head without a line, within the subtree.

    Raises `RosterElsewhere`.
    """
    if not actor.covers(org) or actor.dept is not None or not actor.may("admin", "manager"):
        raise RosterElsewhere("值班表由本机构或上级的负责人、管理员安排。")


def check_roster(roster: Roster, known: RosterSurroundings) -> None:
    """Check a roster against itself and against the directory. Raises `RosterFaulty` with all errors."""
    errors = [
        *_unknown(roster, known),
        *_wrong_market(roster.market),
        *_overlapping_rotations(roster.rotation),
        *_wrong_hours(roster.open),
    ]
    if errors:
        raise RosterFaulty("值班表有误，请按 errors 更正。", errors=errors)


def published(roster: Roster) -> DutyPublished:
    """The event that the roster was set."""
    return DutyPublished(org=roster.org, has_market=roster.market is not None, version=roster.version)


def _unknown(roster: Roster, known: RosterSurroundings) -> Iterator[FieldError]:
    for n, rotation in enumerate(roster.rotation):
        for m, id in enumerate(rotation.staff_ids):
            if id not in known.staff or known.staff[id].org != roster.org:
                where = f"/rotation/{n}/staff_ids/{m}"
                yield FieldError(where, "staff_unknown", "本机构没有这个人员；请先登记（POST /orgs/{code}/staff）")
    for n, trip in enumerate(roster.trips):
        agent = known.staff.get(trip.agent_id)
        if agent is None or agent.org != roster.org:
            yield FieldError(f"/trips/{n}/agent_id", "staff_unknown", "本机构没有这个代办员；请先登记")
        if trip.to_org not in known.orgs:
            yield FieldError(f"/trips/{n}/to_org", "org_unknown", "没有这个机构；请核对区划代码")
        if not trip.weekdays and not trip.market:
            yield FieldError(f"/trips/{n}", "no_days", "请填写 weekdays，或 market: true（逢对方赶场天）")


def _wrong_market(market: MarketRule | None) -> Iterator[FieldError]:
    if market is None:
        return
    allowed, advice = {
        "weekly": (range(1, 8), "每周的赶场天填 1 至 7，星期一为 1"),
        "solar_digit": (range(10), "公历尾数填 0 至 9，逢十填 0；不填几号"),
        "lunar_digit": (range(10), "农历尾数填 0 至 9，逢十填 0；不填初几"),
        "branch": (BRANCHES, "地支填 子丑寅卯辰巳午未申酉戌亥 之一"),
    }[market.rule]
    for n, day in enumerate(market.days):
        if day not in set(allowed):
            yield FieldError(f"/market/days/{n}", "no_such_day", advice)
        elif day in market.days[:n]:
            yield FieldError(f"/market/days/{n}", "duplicate", "同一天只填一次")


def _overlapping_rotations(rotations: Sequence[Rotation]) -> Iterator[FieldError]:
    for n, rotation in enumerate(rotations):
        if rotation.first and rotation.last and rotation.last < rotation.first:
            yield FieldError(f"/rotation/{n}/to", "before_from", "截止日不能早于起始日")
    for (_, one), (m, other) in combinations(enumerate(rotations), 2):
        if _spans_meet(one, other) and set(one.weekdays) & set(other.weekdays):
            for k, id in enumerate(other.staff_ids):
                if id in one.staff_ids:
                    where = f"/rotation/{m}/staff_ids/{k}"
                    yield FieldError(where, "overlap", "这个人员在同一天已经排班；请去掉一处，或错开日期")


def _spans_meet(one: Rotation, other: Rotation) -> bool:
    starts_in_time = one.first is None or other.last is None or one.first <= other.last
    ends_late_enough = one.last is None or other.first is None or other.first <= one.last
    return starts_in_time and ends_late_enough


def _wrong_hours(hours: Sequence[OpenHours]) -> Iterator[FieldError]:
    for n, each in enumerate(hours):
        if each.end <= each.start:
            yield FieldError(f"/open/{n}/end", "before_start", "结束时间应晚于开始时间")
        if any(each.start < other.end and other.start < each.end for other in hours[:n]):
            yield FieldError(f"/open/{n}", "overlap", "与前面的开放时间重叠")
