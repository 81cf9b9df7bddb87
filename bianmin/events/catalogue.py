"""The contract for people: docs/events.md, who announces what, who reads it, and what it says."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bianmin.events.envelope import MEDIA_TYPE
from bianmin.events.parts import EventData
from bianmin.events.registry import LISTENS, MODELS, SERVICES, Listens, announced_by, meaning_of, readers_of, topic_of
from bianmin.events.schemas import Schema, definitions, envelope_schema

_INTRODUCTION = f"""\
# 事件目录 · Events

<!-- Made by `python -m bianmin.events write` from bianmin/events. Do not edit. -->

Services speak to each other only through these events. Each is a [CloudEvents 1.0](https://cloudevents.io) event in
structured JSON (`{MEDIA_TYPE}`): the stored row, the Kafka value and the body of a webhook are the same bytes.

- The record's key is the `subject`; order holds within a subject and nowhere else. Delivery is at least once:
  `sequence` tells a repeat from news.
- Within a version fields are only added. Skip types and fields you do not know. A new meaning is a new version, and
  both are announced for a while.
- `optional`: an event may lack it; it then has its default, else nothing is known of it.
- A division code has 2 digits for a province, 4 for a prefecture, 6 for a county, 9 for a township (center), 12 for a
  village (station), 14 for a point, and begins with the codes above it.
- No event holds personal data: a case carries a masked name at most, people of the house are staff ids.
- JSON Schema of a whole event: `contract/schemas/<type>.json`; all of it for tools: `contract/asyncapi.json`; a sample
  of each type: `bianmin/events/samples/`.
"""


def text(listens: Listens = LISTENS) -> str:
    """The catalogue in Markdown. `listens`: whose topics each service reads."""
    known = definitions()
    parts = {name: schema for name, schema in known.items() if name not in {m.__name__ for m in MODELS.values()}}
    sections = [
        _INTRODUCTION,
        "## 信封 · Envelope\n\n" + _fields(envelope_schema(), "Attribute"),
        "## 主题 · Topics\n\n" + _topics(listens),
        *(_announcements(service, known, listens) for service in SERVICES if announced_by(service)),
        "## 公共部分 · Parts\n\n" + "\n".join(_part(name, schema) for name, schema in parts.items()),
    ]
    return "\n".join(sections)


def _topics(listens: Listens) -> str:
    rows = (
        (
            service,
            f"`{topic_of(service)}`",
            str(len(announced_by(service))) if announced_by(service) else "none yet",
            ", ".join(reader for reader in SERVICES if service in listens.get(reader, ())) or "—",
        )
        for service in SERVICES
    )
    return _table(("Service", "Topic", "Types", "Read by"), rows)


def _announcements(service: str, known: Mapping[str, Schema], listens: Listens) -> str:
    own = announced_by(service)
    overview = _table(
        ("Event", "事件", "Says"),
        ((f"[`{model.event_name}`](#{_anchor(model)})", model.event_title, meaning_of(model)) for model in own),
    )
    first_told = [model for model in own if model.producers[0] == service]
    details = "\n".join(_event(model, known[model.__name__], listens) for model in first_told)
    return f"## {service}\n\n{overview}\n{details}"


def _event(model: type[EventData], schema: Schema, listens: Listens) -> str:
    return (
        f'### <a id="{_anchor(model)}"></a>{model.event_title} `{model.event_name}`\n\n'
        f"{meaning_of(model)}\n\n"
        f"- Type: `{model.event_type}`\n"
        f"- Subject: {model.event_subject}\n"
        f"- Announced by: {', '.join(model.producers)}\n"
        f"- Read by: {', '.join(readers_of(model, listens)) or '—'}\n\n"
        f"{_fields(schema, 'Field')}"
    )


def _part(name: str, schema: Schema) -> str:
    return f'### <a id="{name.lower()}"></a>{name}\n\n{_one_line(schema["description"])}\n\n{_fields(schema, "Field")}'


def _fields(schema: Schema, what: str) -> str:
    required = set(schema.get("required", ()))
    rows = (
        (
            f"`{name}`",
            "" if name in required else _optional(field),
            _type(field),
            _one_line(field.get("description", "")),
        )
        for name, field in schema["properties"].items()
    )
    return _table((what, "", "Type", "Meaning"), rows)


def _optional(field: Schema) -> str:
    default = field.get("default")
    return f"optional, `{json.dumps(default)}`" if default not in (None, "", []) else "optional"


def _type(schema: Schema) -> str:
    match schema:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": alternatives}:
            return " or ".join(_type(each) for each in alternatives)
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{value}`"
        case {"items": items}:
            return f"list of {_type(items)}"
        case {"title": name} | {"format": name} | {"type": name}:
            return str(name)
    raise ValueError(f"no words for {schema}")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    def lines() -> Iterator[str]:
        yield _row(head)
        yield _row("---" for _ in head)
        for row in rows:
            yield _row(cell.replace("|", "\\|") for cell in row)

    return "\n".join(lines()) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _anchor(model: type[EventData]) -> str:
    return f"{model.event_name}.v{model.event_version}".replace(".", "-").replace("_", "-")


def _one_line(said: Any) -> str:
    return " ".join(str(said).split())
