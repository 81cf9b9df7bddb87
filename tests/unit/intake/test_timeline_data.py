"""The document of the API names every field of the events in a timeline, and the answer has all of them."""

import json
from typing import Any

import jsonschema_rs
import pytest
from pydantic_core import to_json

from bianmin.events import samples
from bianmin.events.envelope import Event, parse_event
from bianmin.events.parts import Office
from bianmin.events.registry import MODELS
from bianmin.events.routing import PlannedStep
from bianmin.kit.docs import describe
from services.intake.api.views.timeline import TimelineEntryView
from services.intake.api.views.timeline_data import TimelineData, TimelineOffice, TimelineStep
from services.intake.app import SERVICE
from services.intake.store.timeline import TimelineEntry, row_of_event

_OF_SERVICES_ALONE = {"access", "display_name", "assignee", "item"}
_OF_NO_CASE = {"item", "org", "staff", "duty", "circuit", "calendar", "complaint"}
DOCUMENT = describe([SERVICE])
VALIDATOR = jsonschema_rs.validator_for(
    {"$ref": "#/components/schemas/TimelineEntryView", "components": DOCUMENT["components"]}, validate_formats=True
)
CASE_EVENTS = [model for model in MODELS.values() if model.event_name.partition(".")[0] not in _OF_NO_CASE]
SAMPLES = [(model.event_name, parse_event(value)) for model in CASE_EVENTS for value in samples.of(model)]


def shown(event: Event) -> dict[str, Any]:
    """Return the JSON of an event's entry in a timeline, and under `stored` the data that the timeline holds."""
    assert event.data is not None
    row: Any = row_of_event(event, event.data)
    entry = TimelineEntry(event.time, row["type"], row["actor"], row["org"], row["data"])
    answer = json.loads(to_json(TimelineEntryView.of(entry, "已受理")))
    return {"answer": answer, "stored": row["data"]}


@pytest.mark.parametrize("event", [pytest.param(event, id=f"{name}-{n}") for n, (name, event) in enumerate(SAMPLES)])
def test_g36_the_timeline_answers_all_fields_of_an_event_as_the_document_says(event: Event) -> None:
    entry = shown(event)
    assert entry["answer"]["data"] == entry["stored"]
    VALIDATOR.validate(entry["answer"])


def test_g36_every_field_of_an_event_of_a_case_has_a_type_in_the_timeline() -> None:
    fields = {name for model in CASE_EVENTS for name in model.model_fields} - _OF_SERVICES_ALONE
    assert fields == TimelineData.__annotations__.keys()
    assert Office.model_fields.keys() == TimelineOffice.__annotations__.keys()
    assert PlannedStep.model_fields.keys() == TimelineStep.__annotations__.keys()
