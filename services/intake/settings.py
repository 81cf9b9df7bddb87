"""Intake's own settings."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bianmin.kit.settings import Count, Rate, ServiceSettings


class IntakeSettings(ServiceSettings):
    """The settings of intake. Days are calendar days."""

    received_on_max_back_days: Count = 90
    """How far back a desk that was offline may date what it received."""
    supplement_wait_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long a case waits for requested materials before it lapses."""
    track_rate: Rate = "60/minute"
    """How often one address may ask for the progress of a case: the limit keeps it from guessing id numbers."""

    def rates(self) -> Mapping[str, str]:
        """Return the rate limit of the public tracking page, by path."""
        return {"/api/v1/track": self.track_rate}
