"""Moments in the county's time zone: the driver returns them in UTC."""

from datetime import datetime
from typing import Any

from bianmin.kit.sets import Row
from bianmin.kit.time_source import TZ


def local(moment: datetime | None) -> datetime | None:
    """Return the moment in the county's zone; None for None."""
    return moment and moment.astimezone(TZ)


def local_row(row: Row) -> dict[str, Any]:
    """Return the columns of a row by name, each moment in the county's zone."""
    return {name: value.astimezone(TZ) if isinstance(value, datetime) else value for name, value in row.items()}
