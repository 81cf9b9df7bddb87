"""Stored events, at least one a type: the bytes that `compose` made when the type was new. They are read for ever.

A sample is never changed. When a type gets a field, add a sample that has it: `<type>.2.json`, `<type>.3.json`.
"""

from pathlib import Path

from bianmin.events.parts import EventData

_HERE = Path(__file__).parent


def of(model: type[EventData]) -> list[bytes]:
    """The samples of an event type, the oldest first."""
    files = sorted(_HERE.glob(f"{model.event_type}.*json"), key=lambda file: (len(file.name), file.name))
    return [file.read_bytes() for file in files]


def every() -> dict[str, bytes]:
    """All samples by file name."""
    return {file.name: file.read_bytes() for file in sorted(_HERE.glob("*.json"))}
