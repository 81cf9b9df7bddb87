"""What all views of routing share: they are built from the attributes of a state."""

from pydantic import AliasChoices, AliasGenerator, AliasPath, ConfigDict

from bianmin.kit.bodies import View


class StateView(View):
    """A view built by `model_validate(state)`: each field is the attribute of the state with its name."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


def attributes_of(member: str) -> AliasGenerator:
    """Read each field from `state.<member>`; what the member does not have, from the state itself."""
    return AliasGenerator(validation_alias=lambda name: AliasChoices(AliasPath(member, name), name))
