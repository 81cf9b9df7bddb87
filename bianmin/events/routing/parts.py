"""Parts of the events of routing."""

from typing import Annotated, ClassVar

from pydantic import Field

from bianmin.events.parts import Access, EventData

StepNo = Annotated[int, Field(title="step number", ge=1)]
"""Position of a step in the route, from 1."""


Cycle = Annotated[int, Field(title="cycle", ge=1)]
"""How many times the case was opened, from 1. Setting a decision aside reopens the case."""


class CaseData(EventData):
    """The data of an event about a case."""

    producers: ClassVar[tuple[str, ...]] = ("routing",)

    access: Access
