"""Rosters and learned days off: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.rosters.roster import Roster
from services.routing.store.directory import staff_codec
from services.routing.store.tables import CalendarDayRow, RosterRow, calendar_days, rosters, staff

roster_codec = Codec(RosterRow, Roster)
_ROSTERS = select(rosters).where(rosters.c.org == any_(sets.named("orgs", rosters.c.org))).order_by(rosters.c.org)
_LOCKED, _READ = sets.Load(_ROSTERS.with_for_update()), sets.Load(_ROSTERS)
_STAFF = sets.Load(select(staff).where(staff.c.id == any_(sets.named("ids", staff.c.id))))
_DAYS = sets.Load(
    select(calendar_days).where(calendar_days.c.region == any_(sets.named("regions", calendar_days.c.region)))
)


async def load_rosters(tx: Tx, orgs: Iterable[str]) -> dict[str, Roster]:
    """The rosters of these orgs, locked in the order of their codes; orgs without one are left out."""
    return {row["org"]: roster_codec.load(row) for row in await _LOCKED(tx, orgs=set(orgs))}


async def read_rosters(tx: Tx, orgs: Iterable[str]) -> dict[str, Roster]:
    """The rosters of these orgs for views."""
    wanted = set(orgs)
    return {row["org"]: roster_codec.load(row) for row in await _READ(tx, orgs=wanted)} if wanted else {}


async def staff_of_ids(tx: Tx, ids: Iterable[str]) -> dict[str, StaffMember]:
    """The members of staff of these ids."""
    wanted = set(ids)
    return {row["id"]: staff_codec.load(row) for row in await _STAFF(tx, ids=wanted)} if wanted else {}


async def save_rosters(tx: Tx, known: Mapping[str, Roster], changed: Mapping[str, Roster]) -> None:
    """Write the changed rosters in one statement. `known`: the rosters as they were loaded."""
    await sets.write(
        tx,
        sets.insert(RosterRow, [roster_codec.row(each) for org, each in changed.items() if org not in known]),
        sets.update(RosterRow, [roster_codec.row(each) for org, each in changed.items() if org in known], by=("org",)),
    )


async def record_days(tx: Tx, days: Sequence[tuple[str, date, bool]]) -> None:
    """Record whether days are worked in a region; a later entry replaces an earlier one."""
    latest = {(region, day): works for region, day, works in days}
    rows = [{"region": region, "day": day, "works": works} for (region, day), works in latest.items()]
    await sets.write(
        tx, sets.insert(CalendarDayRow, rows, "ON CONFLICT (region, day) DO UPDATE SET works = excluded.works")
    )


async def learned_days(tx: Tx, regions: Sequence[str]) -> dict[date, bool]:
    """Whether the days are worked that these regions, the most general first, announced to have changed."""
    found = await _DAYS(tx, regions=regions)
    return {row["day"]: row["works"] for row in sorted(found, key=lambda row: regions.index(row["region"]))}
