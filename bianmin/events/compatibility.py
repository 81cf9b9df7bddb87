"""Checks that a change of the contract is compatible: old readers read new events, new readers read stored events.

So a version may gain optional fields, and nothing else may change. A wider enumeration breaks old readers, a narrower
one breaks the reading of stored events, and another default gives stored events another meaning. The check knows the
part of JSON Schema that pydantic writes for the contract and refuses every other keyword.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bianmin.events.schemas import Schema

_DESCRIPTIVE = {"$schema", "$id", "$defs", "title", "description", "examples", "deprecated"}
_CONSTRAINTS = {"format", "pattern", "default", "minimum", "maximum", "minLength", "maxLength"}
_VALUES = {"enum", "const"}
_STRUCTURE = {"type", "properties", "required", "items"}


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """A change that breaks readers: the event type, the place in its schema (a JSON Pointer) and what to do instead."""

    type: str
    pointer: str
    why: str
    instead: str

    def __str__(self) -> str:
        return f"{self.type} {self.pointer or '(whole event)'}: {self.why}; {self.instead}"


def incompatibilities(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[Incompatibility]:
    """Return what in `new` breaks a reader of `old` or an event stored under it; schemas by event type."""
    found: list[Incompatibility] = []
    for name, schema in old.items():
        if name in new:
            found += dict.fromkeys(_Comparison(name).compare(_Place(schema), _Place(new[name])))
        else:
            why = "the type was removed, and stored events of it could no longer be read"
            found.append(Incompatibility(name, "", why, "keep the model and stop publishing it"))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a schema. `resource` is the enclosing part with an `$id`, from which references start."""

    document: Schema
    path: tuple[str | int, ...] = ()
    resource: tuple[str | int, ...] = ()

    @property
    def value(self) -> Any:
        found: Any = self.document
        for step in self.path:
            found = found[step]
        return found

    @property
    def pointer(self) -> str:
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    def at(self, *steps: str | int) -> "_Place":
        inner = _Place(self.document, (*self.path, *steps), self.resource)
        is_resource = isinstance(inner.value, dict) and isinstance(inner.value.get("$id"), str)
        return _Place(self.document, inner.path, inner.path) if is_resource else inner

    def branches(self) -> "list[_Branch]":
        """Return the alternatives at this place, sorted, with references resolved. Keywords beside `anyOf` hold for
        each."""
        here = {keyword: self.at(keyword) for keyword in self.value if keyword not in _DESCRIPTIVE}
        if "$ref" in here:
            steps = here.pop("$ref").value.removeprefix("#/").split("/")
            branches = _Place(self.document, self.resource, self.resource).at(*steps).branches()
        elif "anyOf" in here:
            options = here.pop("anyOf")
            branches = [branch for number in range(len(options.value)) for branch in options.at(number).branches()]
        else:
            return [here]
        return sorted(({**branch, **here} for branch in branches), key=_kind)


_Branch = dict[str, _Place]
"""The keywords of one alternative, each with its place."""


class _Comparison:
    """Compares two schemas of one event type. Visits each pair of places once, as parts are shared and may be
    recursive."""

    def __init__(self, type_name: str) -> None:
        self._type = type_name
        self._seen: set[tuple[str, str]] = set()

    def compare(self, old: _Place, new: _Place) -> Iterator[Incompatibility]:
        """Yield the incompatible changes at a place and below it."""
        pair = (old.pointer, new.pointer)
        if pair in self._seen:
            return
        self._seen.add(pair)
        before, after = old.branches(), new.branches()
        if _kinds(before) != _kinds(after):
            yield self._changed(old, f"was {_kinds(before)}, is {_kinds(after)}")
            return
        for was, now in zip(before, after, strict=True):
            yield from self._branch(was, now, old)

    def _branch(self, old: _Branch, new: _Branch, at: _Place) -> Iterator[Incompatibility]:
        for keyword in sorted((old.keys() | new.keys()) - _VALUES - _STRUCTURE):
            where = old.get(keyword, at)
            if keyword not in _CONSTRAINTS:
                why = f"this check does not know what a change of `{keyword}` means"
                instead = "leave the keyword out, or extend bianmin.events.compatibility"
                yield Incompatibility(self._type, where.pointer, why, instead)
            elif _value(old, keyword) != _value(new, keyword):
                yield self._changed(where, f"`{keyword}` was {_value(old, keyword)}, is {_value(new, keyword)}")
        yield from self._values(old, new, at)
        yield from self._fields(old, new, at)
        if "items" in old and "items" in new:
            yield from self.compare(old["items"], new["items"])
        elif "items" in old or "items" in new:
            yield self._changed(old.get("items", at), "the type of the list items was added or removed")

    def _values(self, old: _Branch, new: _Branch, at: _Place) -> Iterator[Incompatibility]:
        where = old.get("enum", old.get("const", at))
        match _allowed(old), _allowed(new):
            case set() as before, set() as after:
                unknown = [f"old readers do not know {value}" for value in sorted(after - before)]
                lost = [f"stored events may contain {value}" for value in sorted(before - after)]
                if unknown or lost:
                    yield self._changed(where, ", ".join(unknown + lost))
            case set(), None:
                yield self._changed(where, "was one of a list of values, is any value now")
            case None, set():
                yield self._changed(where, "was any value, is one of a list of values now")

    def _fields(self, old: _Branch, new: _Branch, at: _Place) -> Iterator[Incompatibility]:
        before, after = _properties(old), _properties(new)
        needed, needs = _required(old), _required(new)
        for name, field in before.items():
            if name not in after:
                yield self._changed(field, "the field was removed, and old readers read it", "keep it")
                continue
            if name in needed - needs:
                yield self._changed(field, "is optional now, and old readers require it", "keep it required")
            if name in needs - needed:
                yield self._changed(field, "is required now, and stored events may lack it", "keep it optional")
            yield from self.compare(field, after[name])
        for name in sorted((after.keys() - before.keys()) & needs):
            yield self._changed(after[name], "a new field is required, and stored events lack it", "give it a default")

    def _changed(self, at: _Place, why: str, instead: str = "keep it as it was") -> Incompatibility:
        return Incompatibility(
            self._type, at.pointer, why, f"{instead}, or publish {_next_version(self._type)} beside it"
        )


def _properties(branch: _Branch) -> dict[str, _Place]:
    if "properties" not in branch:
        return {}
    return {name: branch["properties"].at(name) for name in branch["properties"].value}


def _required(branch: _Branch) -> set[str]:
    return set(branch["required"].value) if "required" in branch else set()


def _allowed(branch: _Branch) -> set[str] | None:
    """Return the values that `const` or `enum` allows; None without either."""
    if "const" in branch:
        return {repr(branch["const"].value)}
    return {repr(value) for value in branch["enum"].value} if "enum" in branch else None


def _value(branch: _Branch, keyword: str) -> str:
    """Return the value of a keyword as text. A missing keyword differs from null, which a default may be."""
    return repr(branch[keyword].value) if keyword in branch else "missing"


def _kind(branch: _Branch) -> str:
    return str(branch["type"].value) if "type" in branch else "anything"


def _kinds(branches: list[_Branch]) -> str:
    return " or ".join(_kind(branch) for branch in branches)


def _next_version(type_name: str) -> str:
    return re.sub(r"\d+$", lambda version: str(int(version[0]) + 1), type_name)
