"""The base of views that are read from a state."""

from pydantic import ConfigDict

from bianmin.kit.bodies import View


class IntakeStateView(View):
    """A view that is read from a state by attribute; an alias names the attribute, where it is called otherwise."""

    model_config = ConfigDict(frozen=True, from_attributes=True, validate_by_name=True, validate_by_alias=True)
