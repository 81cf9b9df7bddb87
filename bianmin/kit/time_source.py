"""The business time that every service of a process reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Shanghai")


class TimeSource:
    """The current time in the county's zone. In development it can be set, and then goes on from there."""

    def __init__(self) -> None:
        self._shift = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The current business time, aware, in the county's zone."""
        return (datetime.now(UTC) + self._shift).astimezone(TZ)

    def today(self) -> date:
        """The current business day in the county's zone."""
        return self.now().date()

    def set(self, moment: datetime) -> None:
        """Make `moment` (aware) the current time, earlier or later than now. It goes on from there."""
        self._shift = moment - datetime.now(UTC)
        for listener in self._listeners:
            listener()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the time is set: a task that sleeps until a moment has to recompute it."""
        self._listeners.append(listener)
