"""The contract as an AsyncAPI 3 document: topics are channels, event types are messages."""

import json
from typing import Any

from bianmin.events import samples
from bianmin.events.envelope import MEDIA_TYPE
from bianmin.events.parts import EventData
from bianmin.events.registry import LISTENS, MODELS, SERVICES, Listens, announced_by, meaning_of, topic_of
from bianmin.events.schemas import definitions, envelope_schema

VERSION = "1.0.0"
_KAFKA = "0.5.0"


def document(listens: Listens = LISTENS) -> dict[str, Any]:
    """Return the AsyncAPI document. `listens` maps a service to the services whose topics it reads."""
    producers = [service for service in SERVICES if announced_by(service)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Bianmin 便民",
            "version": VERSION,
            "description": "Events by which the services of a county's service desks speak to each other: "
            "CloudEvents 1.0, structured JSON. Readers skip types and fields they do not know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {service: _channel(service) for service in producers},
        "operations": {
            **{f"{service}.announces": _operation("send", service) for service in producers},
            **{
                f"{reader}.reads.{service}": _operation("receive", service)
                for reader in SERVICES
                for service in listens.get(reader, ())
                if service in producers
            },
        },
        "components": {
            "messages": {_key(model): _message(model) for model in MODELS.values()},
            "schemas": {"Envelope": envelope_schema(), **definitions("#/components/schemas/{model}")},
        },
    }


def _channel(service: str) -> dict[str, Any]:
    return {
        "address": topic_of(service),
        "title": f"Events of {service}",
        "messages": {_key(model): {"$ref": f"#/components/messages/{_key(model)}"} for model in announced_by(service)},
        "bindings": {"kafka": {"topic": topic_of(service), "bindingVersion": _KAFKA}},
    }


def _operation(action: str, service: str) -> dict[str, Any]:
    channel = f"#/channels/{service}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_key(model)}"} for model in announced_by(service)],
    }


def _message(model: type[EventData]) -> dict[str, Any]:
    type_and_data = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": model.event_type},
            "data": {"$ref": f"#/components/schemas/{model.__name__}"},
        },
    }
    return {
        "name": model.event_type,
        "title": model.event_title,
        "summary": meaning_of(model),
        "contentType": MEDIA_TYPE,
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, type_and_data]},
        "correlationId": {"location": "$message.payload#/correlationid"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"The subject: {model.event_subject}."},
                "bindingVersion": _KAFKA,
            }
        },
        "examples": [{"payload": sample} for sample in map(json.loads, samples.of(model))],
    }


def _key(model: type[EventData]) -> str:
    """Return the name of the message within the document."""
    return f"{model.event_name}.v{model.event_version}"
