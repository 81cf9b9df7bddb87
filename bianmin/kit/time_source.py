"""The business time that every service of a process reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Shanghai")


class TimeSource:
    """Now, in the county's zone. In development it can be set and then runs on from there."""

    def __init__(self) -> None:
        self._shift = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return (datetime.now(UTC) + self._shift).astimezone(TZ)

    def today(self) -> date:
        return self.now().date()

    def set(self, moment: datetime) -> None:
        """Make `moment` (aware) the present; it runs on from there, forward or back."""
        self._shift = moment - datetime.now(UTC)
        for listener in self._listeners:
            listener()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when the clock is set: who sleeps until a moment must look again."""
        self._listeners.append(listener)
