"""Whether the contract only grew: old readers must read new events, and new readers every event ever stored.

So within a version a field may be added that old events may lack; nothing else may change. A wider enumeration breaks
old readers, a narrower one the reading of old events, another default gives old events another meaning.
Knows the part of JSON Schema that pydantic writes for the contract, and refuses what it cannot judge.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bianmin.events.schemas import Schema

_SAID_ONLY = {"$schema", "$id", "$defs", "title", "description", "examples", "deprecated"}
_CONSTRAINTS = {"format", "pattern", "default", "minimum", "maximum", "minLength", "maxLength"}
_VALUES = {"enum", "const"}
_STRUCTURE = {"type", "properties", "required", "items"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a change breaks: of which type, where in its schema (a JSON Pointer), and what to do instead."""

    type: str
    pointer: str
    why: str
    instead: str

    def __str__(self) -> str:
        return f"{self.type} {self.pointer or '(all of it)'}: {self.why}; {self.instead}"


def broken_promises(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[Broken]:
    """What in `new` breaks a reader of `old` or an event stored under it; schemas by event type."""
    broken: list[Broken] = []
    for name, schema in old.items():
        if name in new:
            broken += dict.fromkeys(_Comparison(name).of(_Spot(schema), _Spot(new[name])))
        else:
            gone = "the type is gone, and with it the reading of its stored events"
            broken.append(Broken(name, "", gone, "keep the model, and announce it no more"))
    return broken


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a schema. `resource` is the part with a `$id` that it is in: references start there."""

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

    def at(self, *steps: str | int) -> "_Spot":
        there = _Spot(self.document, (*self.path, *steps), self.resource)
        is_resource = isinstance(there.value, dict) and isinstance(there.value.get("$id"), str)
        return _Spot(self.document, there.path, there.path) if is_resource else there

    def branches(self) -> "list[_Branch]":
        """The alternatives here in no order of theirs, references followed; what stands beside these holds for each."""
        here = {keyword: self.at(keyword) for keyword in self.value if keyword not in _SAID_ONLY}
        if "$ref" in here:
            steps = here.pop("$ref").value.removeprefix("#/").split("/")
            branches = _Spot(self.document, self.resource, self.resource).at(*steps).branches()
        elif "anyOf" in here:
            options = here.pop("anyOf")
            branches = [branch for number in range(len(options.value)) for branch in options.at(number).branches()]
        else:
            return [here]
        return sorted(({**branch, **here} for branch in branches), key=_kind)


_Branch = dict[str, _Spot]
"""Keywords of one alternative, each with the place where it is said."""


class _Comparison:
    """Of two schemas of one type. Looks at a pair of places once: parts are shared, and may contain themselves."""

    def __init__(self, type_name: str) -> None:
        self._type = type_name
        self._seen: set[tuple[str, str]] = set()

    def of(self, old: _Spot, new: _Spot) -> Iterator[Broken]:
        """What changed from one place to the other, and below."""
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

    def _branch(self, old: _Branch, new: _Branch, at: _Spot) -> Iterator[Broken]:
        for keyword in sorted((old.keys() | new.keys()) - _VALUES - _STRUCTURE):
            where = old.get(keyword, at)
            if keyword not in _CONSTRAINTS:
                strange = f"nobody taught this check what a change of `{keyword}` means"
                yield Broken(self._type, where.pointer, strange, "do without it, or teach bianmin.events.compatibility")
            elif _said(old, keyword) != _said(new, keyword):
                yield self._changed(where, f"`{keyword}` was {_said(old, keyword)}, is {_said(new, keyword)}")
        yield from self._values(old, new, at)
        yield from self._fields(old, new, at)
        if "items" in old and "items" in new:
            yield from self.of(old["items"], new["items"])
        elif "items" in old or "items" in new:
            yield self._changed(old.get("items", at), "what is in the list was not said, or is not any more")

    def _values(self, old: _Branch, new: _Branch, at: _Spot) -> Iterator[Broken]:
        where = old.get("enum", old.get("const", at))
        match _allowed(old), _allowed(new):
            case set() as before, set() as after:
                unknown = [f"old readers do not know {value}" for value in sorted(after - before)]
                lost = [f"stored events may say {value}" for value in sorted(before - after)]
                if unknown or lost:
                    yield self._changed(where, ", ".join(unknown + lost))
            case set(), None:
                yield self._changed(where, "was one of a list of values, and may be anything now")
            case None, set():
                yield self._changed(where, "might be anything, and is one of a list of values now")

    def _fields(self, old: _Branch, new: _Branch, at: _Spot) -> Iterator[Broken]:
        before, after = _properties(old), _properties(new)
        needed, needs = _required(old), _required(new)
        for name, field in before.items():
            if name not in after:
                yield self._changed(field, "the field is gone, and old readers look for it", "keep it")
                continue
            if name in needed - needs:
                yield self._changed(field, "may be missing now, and old readers need it", "keep it required")
            if name in needs - needed:
                yield self._changed(field, "is required now, and stored events may lack it", "keep it optional")
            yield from self.of(field, after[name])
        for name in sorted((after.keys() - before.keys()) & needs):
            yield self._changed(after[name], "a new field is required, and stored events lack it", "give it a default")

    def _changed(self, at: _Spot, why: str, instead: str = "keep it as it was") -> Broken:
        return Broken(self._type, at.pointer, why, f"{instead}, or announce {_next_version(self._type)} beside it")


def _properties(branch: _Branch) -> dict[str, _Spot]:
    if "properties" not in branch:
        return {}
    return {name: branch["properties"].at(name) for name in branch["properties"].value}


def _required(branch: _Branch) -> set[str]:
    return set(branch["required"].value) if "required" in branch else set()


def _allowed(branch: _Branch) -> set[str] | None:
    """The values that a list of values has; None where there is no list."""
    if "const" in branch:
        return {repr(branch["const"].value)}
    return {repr(value) for value in branch["enum"].value} if "enum" in branch else None


def _said(branch: _Branch, keyword: str) -> str:
    """The value of a keyword; of one that is missing a word that no value is (a default may well be null)."""
    return repr(branch[keyword].value) if keyword in branch else "unsaid"


def _kind(branch: _Branch) -> str:
    return str(branch["type"].value) if "type" in branch else "anything"


def _kinds(branches: list[_Branch]) -> str:
    return " or ".join(_kind(branch) for branch in branches)


def _next_version(type_name: str) -> str:
    return re.sub(r"\d+$", lambda version: str(int(version[0]) + 1), type_name)
