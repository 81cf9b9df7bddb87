"""Complaints' own settings."""

from collections.abc import Mapping

from bianmin.kit.settings import Rate, ServiceSettings


class ComplaintsSettings(ServiceSettings):
    """What an operator may set for complaints alone."""

    track_rate: Rate = "60/minute"
    """How often one address may look up a follow-up code: guessing would pay there."""

    def rates(self) -> Mapping[str, str]:
        """The rate of following a complaint without a token."""
        return {"/api/v1/complaints/follow": self.track_rate}
