"""Events of circuits (巡回办理)."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from bianmin.events.parts import Code, EventData, OrgCode


class _Circuit(EventData):
    event_subject: ClassVar = "circuit/{circuit id}"
    producers: ClassVar[tuple[str, ...]] = ("routing",)

    org: OrgCode
    """The org that comes."""
    on: date


class CircuitScheduled(_Circuit):
    """Staff of an org come to a place on a day and handle these items there (founding document 五(三))."""

    event_name: ClassVar = "circuit.scheduled"
    event_title: ClassVar = "巡回办理已安排"

    items: tuple[Code, ...]
    capacity: Annotated[int, Field(ge=1)]
    """How many bookings the session takes."""


class CircuitClosed(_Circuit):
    """The session is over or was called off; nobody can book any more."""

    event_name: ClassVar = "circuit.closed"
    event_title: ClassVar = "巡回办理已结束"

    booked: Annotated[int, Field(ge=0)]
    """How many had booked."""
