"""Stored events, at least one a type, as they were on the wire when the type was made. They parse for ever.

A sample is never changed. When a type gets a new field, add a sample that has it: `<type>.<what is new>.json`.
"""

import json
from pathlib import Path
from typing import Any

from bianmin.events.parts import EventData

_HERE = Path(__file__).parent


def of(model: type[EventData]) -> list[dict[str, Any]]:
    """The samples of an event type, the first one first."""
    files = sorted(_HERE.glob(f"{model.event_type}.*json"), key=lambda file: (len(file.name), file.name))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def every() -> dict[str, bytes]:
    """All samples by file name, as bytes on the wire: the files are laid out for reading, an event is one line."""
    files = sorted(_HERE.glob("*.json"))
    return {file.name: on_the_wire(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def on_the_wire(sample: dict[str, Any]) -> bytes:
    return json.dumps(sample, ensure_ascii=False, separators=(",", ":")).encode()
