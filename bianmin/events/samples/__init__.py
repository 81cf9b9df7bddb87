"""Stored events, at least one per type: the bytes that `compose` made when the type was new.

Every version of the program must read every sample, so a sample is never changed. When a type gets a field, add a
sample with that field: `<type>.2.json`, `<type>.3.json`.
"""

from pathlib import Path

from bianmin.events.parts import EventData

_HERE = Path(__file__).parent


def of(model: type[EventData]) -> list[bytes]:
    """Return the samples of an event type as bytes, oldest first."""
    files = sorted(_HERE.glob(f"{model.event_type}.*json"), key=lambda file: (len(file.name), file.name))
    return [file.read_bytes() for file in files]


def every() -> dict[str, bytes]:
    """Return all samples as bytes, by file name."""
    return {file.name: file.read_bytes() for file in sorted(_HERE.glob("*.json"))}
