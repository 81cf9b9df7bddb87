"""What the API document says of an answer that is a view, or with `preview=true` a preview in its place."""

from typing import Any

from pydantic import Field, create_model

from bianmin.kit.bodies import View
from services.deadlines.api.views.calendars import PreviewView, YearView
from services.deadlines.api.views.hours import HoursView


def _or_preview(name: str, view: type[View]) -> type[View]:
    """Return a model with the fields of a view and of a preview, each of which may be missing.

    A union of both would say more; but clients in Kotlin make one class of it, which needs the fields of both.
    """
    fields: dict[str, Any] = {}
    for model, when in ((view, "preview=true 时没有"), (PreviewView, "只在 preview=true 时有")):
        for field, info in model.model_fields.items():
            # a factory makes a field optional without a default in its schema; nothing is ever made of this model
            text: Any = Field(default_factory=dict, description=f"{info.description}；{when}", examples=info.examples)
            fields[field] = (info.annotation, text)
    text_of_model = "What is in force now; with `preview=true`, what a publication would change."
    return create_model(name, __base__=View, __doc__=text_of_model, **fields)


YearOrPreviewView = _or_preview("YearOrPreviewView", YearView)
HoursOrPreviewView = _or_preview("HoursOrPreviewView", HoursView)
