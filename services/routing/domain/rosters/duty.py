"""Who is on duty on a day: the rotation, on market days everybody, also on a Saturday or Sunday."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.rosters.market import IsDayOff
from services.routing.domain.rosters.roster import FixedTrip, OpenHours, Roster

FARTHEST_TRIP = 62
"""How many days ahead the next trip is looked for."""


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person on duty, as the public list shows them."""

    name: str
    dept: str | None
    window: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class NextTrip:
    """The next fixed trip of an agent from a day on. `agent` is the agent's name."""

    on: date
    agent: str
    to_org: str


@dataclass(frozen=True, slots=True)
class DutyDay:
    """The duty of an org on a day."""

    date: date
    market_day: bool
    open: tuple[OpenHours, ...]
    people: tuple[OnDuty, ...]
    trips: tuple[NextTrip, ...]


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """All that the duty of an org follows from. `elsewhere` are the rosters of the orgs to which its trips go."""

    roster: Roster
    staff: Sequence[StaffMember]
    elsewhere: Mapping[str, Roster]
    is_day_off: IsDayOff

    def on(self, day: date) -> DutyDay:
        """Return the duty of a day."""
        market_day = self._has_market(self.roster, day)
        people = tuple(self._everybody(day) if market_day else self._rotating(day))
        open_hours = self.roster.open if people else ()
        return DutyDay(day, market_day, open_hours, people, tuple(self._trips(day)))

    def _has_market(self, roster: Roster, day: date) -> bool:
        return roster.market is not None and roster.market.is_market_day(day, self.is_day_off)

    def _windows(self, day: date) -> dict[str, str | None]:
        """The windows of the people in the rotation of a day, by staff id."""
        return {
            id: rotation.window
            for rotation in self.roster.rotation
            if rotation.covers(day)
            for id in rotation.staff_ids
        }

    def _rotating(self, day: date) -> Iterator[OnDuty]:
        windows = self._windows(day)
        return (_on_duty(member, windows[member.id]) for member in self.staff if member.id in windows)

    def _everybody(self, day: date) -> Iterator[OnDuty]:
        windows = self._windows(day)
        return (_on_duty(member, windows.get(member.id)) for member in self.staff)

    def _trips(self, day: date) -> Iterator[NextTrip]:
        names = {member.id: member.name for member in self.staff}
        for trip in self.roster.trips:
            ahead = (day + timedelta(days=n) for n in range(FARTHEST_TRIP))
            on = next((each for each in ahead if self._travels(trip, each)), None)
            if on is not None and trip.agent_id in names:
                yield NextTrip(on, names[trip.agent_id], trip.to_org)

    def _travels(self, trip: FixedTrip, day: date) -> bool:
        if day.isoweekday() in trip.weekdays:
            return True
        there = self.elsewhere.get(trip.to_org)
        return trip.market and there is not None and self._has_market(there, day)


def _on_duty(member: StaffMember, window: str | None) -> OnDuty:
    return OnDuty(member.name, member.dept, window, member.phone)
