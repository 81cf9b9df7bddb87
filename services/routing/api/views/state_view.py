"""What all views of routing share: they are built from the attributes of a state."""

from typing import Any

from pydantic import ConfigDict

from bianmin.kit.bodies import View


class StateView(View):
    """A view built by `model_validate(state)`: each field is the attribute of the state with its name."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


def attributes(state: Any) -> dict[str, Any]:
    """The fields of a frozen dataclass by name, for a view that also has fields of another state."""
    return {name: getattr(state, name) for name in state.__dataclass_fields__}
