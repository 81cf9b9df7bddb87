"""What is stored and published of the contract: samples, schemas, AsyncAPI, the catalogue."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events import asyncapi, catalogue, contract, samples
from bianmin.events.__main__ import REPOSITORY
from bianmin.events.envelope import compose, parse_event
from bianmin.events.parts import EventData
from bianmin.events.registry import LISTENS, MODELS, SERVICES, announced_by, readers_of, topic_of
from bianmin.events.schemas import documents, schema_of
from tests.unit.events.builders import AN_ID, an_event, any_data, some_data

SAMPLES = samples.every()
VALIDATORS = {name: jsonschema_rs.validator_for(schema) for name, schema in documents().items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_stored_event_is_read_with_unchanged_content(name: str) -> None:
    value = SAMPLES[name]
    event = parse_event(value)
    assert event.data is not None
    assert name.startswith(f"{event.type}.")
    # fields that came after the sample are unset in it, so this holds when they come
    said = event.data.model_dump_json(exclude_unset=True).encode()
    assert value.endswith(b'"data":' + said + b"}")


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_samples_of_a_type_have_all_its_fields(model: type[EventData]) -> None:
    present = {field for sample in samples.of(model) for field in json.loads(sample)["data"]}
    assert present == set(model.model_fields)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_events_are_written_as_the_stored_samples(model: type[EventData]) -> None:
    newest = samples.of(model)[-1]
    event = parse_event(newest)
    assert event.data is not None
    again = compose(
        event.data,
        id=event.id,
        source=event.source.removeprefix("/bianmin/"),
        subject=event.subject,
        sequence=event.sequence,
        time=event.time,
        region=event.region,
        actor=event.actor,
        correlation=event.correlationid,
        causation=event.causationid,
        traceparent=event.traceparent,
    )
    assert again == newest


@pytest.mark.parametrize("name", SAMPLES)
def test_a_stored_event_matches_the_published_schemas(name: str) -> None:
    event = json.loads(SAMPLES[name])
    VALIDATORS[event["type"]].validate(event)
    assert event["dataschema"] == documents()[event["type"]]["properties"]["data"]["$id"]


@settings(deadline=None)
@given(any_data(), st.none() | st.uuids(), st.sampled_from([None, "matter"]))
def test_announced_events_match_the_published_schemas(
    data: EventData, causation: UUID | None, correlation: str | None
) -> None:
    event = json.loads(an_event(data, causation=causation, correlation=correlation, traceparent=correlation))
    VALIDATORS[event["type"]].validate(event)


def test_a_schema_requires_the_common_attributes_and_allows_the_optional_ones() -> None:
    least = json.loads(an_event())
    most = json.loads(an_event(causation=AN_ID, correlation="matter", traceparent="00-1-2-01"))
    schema = schema_of(type(some_data()))
    assert schema["required"] == list(least)
    assert schema["properties"].keys() == most.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_schema_is_for_one_type_and_checks_its_data(name: str) -> None:
    event = json.loads(SAMPLES[name])
    valid = VALIDATORS[event["type"]].is_valid
    assert not valid(event | {"type": "cn.bianmin.other.v1"})
    assert not valid(event | {"dataschema": None})
    assert not valid(event | {"data": {}})
    if "access" in event["data"]:
        assert not valid(event | {"data": event["data"] | {"access": {"org": "52"}}})


def test_the_committed_files_match_the_models() -> None:
    assert contract.stale(REPOSITORY) == [], "run `python -m bianmin.events write`"


def test_no_promise_is_broken() -> None:
    assert contract.incompatible(REPOSITORY / contract.SCHEMAS) == []


def test_every_event_has_a_name_in_the_past_tense_a_title_and_a_meaning() -> None:
    for name, model in MODELS.items():
        assert re.fullmatch(r"cn\.bianmin\.[a-z]+\.[a-z_]+\.v[1-9]\d*", name)
        assert re.search(r"[\u4e00-\u9fff]", model.event_title)
        assert model.__doc__
        assert model.producers
        assert set(model.producers) <= set(SERVICES)


def test_withdrawn_is_one_event_of_two_services() -> None:
    shared = [name for name, model in MODELS.items() if len(model.producers) > 1]
    assert shared == ["cn.bianmin.case.withdrawn.v1"]
    assert MODELS[shared[0]] in announced_by("intake")
    assert MODELS[shared[0]] in announced_by("routing")


def test_the_readers_of_an_event_follow_from_the_topics_that_services_listen_to() -> None:
    lodged = MODELS["cn.bianmin.complaint.lodged.v1"]
    assert readers_of(lodged) == ["deadlines", "reporting"]
    assert readers_of(lodged, {"reporting": ["intake"]}) == []


def resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def test_every_reference_in_asyncapi_resolves() -> None:
    document = asyncapi.document()
    for reference in references(document):
        assert resolve(document, reference)


def test_asyncapi_has_a_channel_for_each_topic_with_its_messages() -> None:
    channels = asyncapi.document()["channels"]
    assert [channel["address"] for channel in channels.values()] == [
        topic_of(service) for service in SERVICES if announced_by(service)
    ]
    for service, channel in channels.items():
        assert list(channel["messages"]) == [f"{m.event_name}.v{m.event_version}" for m in announced_by(service)]


def test_asyncapi_says_who_sends_and_who_receives() -> None:
    operations = asyncapi.document()["operations"]
    received = {name for name, operation in operations.items() if operation["action"] == "receive"}
    assert received == {f"{reader}.reads.{service}" for reader, services in LISTENS.items() for service in services}
    only = asyncapi.document({"reporting": ("intake", "reporting")})["operations"]
    assert [name for name in only if ".reads." in name] == ["reporting.reads.intake"]
    for operation in operations.values():
        assert all(m["$ref"].startswith(operation["channel"]["$ref"] + "/messages/") for m in operation["messages"])


def test_asyncapi_keys_each_record_by_its_subject_and_shows_a_sample_that_fits() -> None:
    document = asyncapi.document()
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    for message in document["components"]["messages"].values():
        assert "subject" in message["bindings"]["kafka"]["key"]["description"]
        validator = jsonschema_rs.validator_for({**schemas, **message["payload"]})
        assert message["examples"]
        for example in message["examples"]:
            validator.validate(example["payload"])
            assert not validator.is_valid(example["payload"] | {"type": "cn.bianmin.other.v1"})


def test_the_catalogue_names_every_event_and_its_links_resolve() -> None:
    text = catalogue.text()
    for name, model in MODELS.items():
        assert text.count(f"- Type: `{name}`\n") == 1
        assert model.event_title in text
    targets = set(re.findall(r'<a id="([^"]+)">', text))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == targets


def test_the_catalogue_names_the_readers() -> None:
    assert "| intake | `bianmin.intake` | 16 | deadlines |" in catalogue.text({"deadlines": ("intake",)})
