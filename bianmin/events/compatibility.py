"""Whether the contract only grew: old readers must read new events, and new readers every event ever stored.

So within a version a field may be added that old events may lack; nothing else may change. A wider enumeration breaks
old readers, a narrower one the reading of old events, another default gives old events another meaning.
Knows the part of JSON Schema that pydantic writes for the contract, and refuses what it cannot judge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bianmin.events.schemas import Schema

_SAID_ONLY = {"$schema", "$id", "$defs", "title", "description", "examples", "deprecated"}
_CONSTRAINTS = {"type", "format", "pattern", "default", "minimum", "maximum", "minLength", "maxLength"}
_STRUCTURE = {"enum", "const", "properties", "required", "items", "anyOf", "$ref"}


def broken_promises(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """What in `new` breaks a reader of `old` or an event stored under it, each with its place; both by event type."""
    broken = []
    for name, schema in old.items():
        if name in new:
            differences = _Comparison(schema, new[name]).of(schema, new[name], "data")
            broken += [f"{name}: {difference}" for difference in dict.fromkeys(differences)]
        else:
            broken.append(f"{name}: the type is gone, and its stored events with it; leave the model, stop announcing")
    return broken


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Of two documents; each resolves its own references."""

    old: Schema
    new: Schema

    def of(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """The differences of two subschemas that stand at the same place."""
        before, after = _branches(self.old, old), _branches(self.new, new)
        if len(before) != len(after):
            yield f"{at}: was {_named(before)}, is {_named(after)}"
            return
        for was, now in zip(before, after, strict=True):
            yield from self._branch(was, now, at)

    def _branch(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        for keyword in sorted((old.keys() | new.keys()) - _SAID_ONLY - _STRUCTURE):
            if keyword not in _CONSTRAINTS:
                yield f"{at}: {keyword} cannot be judged"
            elif _said(old, keyword) != _said(new, keyword):
                yield f"{at}: {keyword} was {_said(old, keyword)}, is {_said(new, keyword)}"
        yield from _values(old, new, at)
        yield from self._fields(old, new, at)
        if "items" in old and "items" in new:
            yield from self.of(old["items"], new["items"], f"{at}[]")
        elif "items" in old or "items" in new:
            yield f"{at}: what its items are was not said, or is not any more"

    def _fields(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            place = f"{at}.{name}"
            if name not in after:
                yield f"{place}: the field is gone, and old readers want it"
                continue
            if name in needed - needs:
                yield f"{place}: may be missing now, and old readers want it"
            if name in needs - needed:
                yield f"{place}: must be there now, and stored events may lack it"
            yield from self.of(before[name], after[name], place)
        for name in after.keys() - before.keys():
            if name in needs:
                yield f"{at}.{name}: a new field that must be there, and stored events lack it; give it a default"


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _allowed(old), _allowed(new)
    if before is None or after is None:
        if before != after:
            yield f"{at}: was {'free' if before is None else 'a list of values'}, and is not any more"
        return
    if more := after - before:
        yield f"{at}: old readers do not know {', '.join(sorted(more))}; a new value needs a new version"
    if fewer := before - after:
        yield f"{at}: stored events may say {', '.join(sorted(fewer))}"


def _allowed(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema["enum"]} if "enum" in schema else None


def _said(schema: Schema, keyword: str) -> Any:
    """The value of a keyword; of one that is missing a word that no value is (a default may well be null)."""
    return repr(schema[keyword]) if keyword in schema else "unsaid"


def _branches(document: Schema, schema: Schema) -> list[Schema]:
    """The alternatives of a subschema, its references followed; what stands beside a reference holds for all."""
    beside = {key: value for key, value in schema.items() if key not in ("$ref", "anyOf")}
    if "$ref" in schema:
        return [{**branch, **beside} for branch in _branches(document, _target(document, schema["$ref"]))]
    if "anyOf" not in schema:
        return [schema]
    return [{**branch, **beside} for each in schema["anyOf"] for branch in _branches(document, each)]


def _target(document: Schema, reference: str) -> Schema:
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return dict(target)


def _named(branches: list[Schema]) -> str:
    return " or ".join(str(branch.get("type", "anything")) for branch in branches)
