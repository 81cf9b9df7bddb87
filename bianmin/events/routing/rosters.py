"""Events of rosters."""

from typing import Annotated, ClassVar

from pydantic import Field

from bianmin.events.parts import EventData, OrgCode


class DutyPublished(EventData):
    """The roster of an org was set: who is on duty, opening hours, market days, fixed trips (founding document 三(二)).
    Readers ask for the duty list itself, which is public."""

    event_name: ClassVar = "duty.published"
    event_title: ClassVar = "值班表已公布"
    event_subject: ClassVar = "roster/{org code}"
    producers: ClassVar = ("routing",)

    org: OrgCode
    has_market: bool
    """Whether the org has market days (赶场天)."""
    version: Annotated[int, Field(ge=1)]
    """How many times the roster was set."""
