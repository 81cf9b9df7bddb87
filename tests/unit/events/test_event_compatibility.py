"""The contract only grows."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Literal

import jsoncompat
import pytest
from pydantic import create_model

from bianmin.events.compatibility import Incompatibility, incompatibilities
from bianmin.events.intake import CaseRegistered
from bianmin.events.parts import Access, EventData
from bianmin.events.registry import MODELS
from bianmin.events.routing import TaskCompleted
from bianmin.events.schemas import Schema, documents, schema_of

NAME = CaseRegistered.event_type
Change = Callable[[Schema], object]

BREAKING: dict[str, tuple[Change, str]] = {
    "a field removed": (
        lambda s: (s["properties"].pop("case_no"), s["required"].remove("case_no")),
        "/properties/case_no",
    ),
    "an optional field removed": (lambda s: s["properties"].pop("missing"), "/properties/missing"),
    "a new field that must be there": (
        lambda s: (s["properties"].update(urgent={"type": "boolean"}), s["required"].append("urgent")),
        "/properties/urgent",
    ),
    "an old field that must be there now": (lambda s: s["required"].append("missing"), "/properties/missing"),
    "a field that may be missing now": (lambda s: s["required"].remove("case_no"), "/properties/case_no"),
    "another type": (lambda s: s["properties"]["case_no"].update(type="integer"), "/properties/case_no"),
    "another format": (
        lambda s: s["properties"]["received_on"].update(format="date-time"),
        "/properties/received_on/format",
    ),
    "another default": (
        lambda s: s["properties"]["display_name"].update(default="*"),
        "/properties/display_name/default",
    ),
    "a wider enumeration": (lambda s: s["properties"]["channel"]["enum"].append("fax"), "/properties/channel/enum"),
    "a narrower enumeration": (
        lambda s: s["properties"]["channel"]["enum"].remove("agent"),
        "/properties/channel/enum",
    ),
    "values no longer listed": (lambda s: s["properties"]["channel"].pop("enum"), "/properties/channel/enum"),
    "values listed now": (lambda s: s["properties"]["case_no"].update(enum=["1"]), "/properties/case_no"),
    "one value only": (
        lambda s: s["properties"]["channel"].update(const=s["properties"]["channel"].pop("enum")[0]),
        "/properties/channel/enum",
    ),
    "a field that may be null now": (
        lambda s: s["properties"].update(case_no={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "/properties/case_no",
    ),
    "a field that may not be null any more": (
        lambda s: s["$defs"]["Period"]["properties"].update(extension={"type": "integer", "default": None}),
        "/$defs/Period/properties/extension",
    ),
    "another pattern": (
        lambda s: s["properties"]["display_name"].update(pattern="^$"),
        "/properties/display_name/pattern",
    ),
    "a higher minimum": (
        lambda s: s["properties"]["missing"]["items"].update(minimum=2),
        "/properties/missing/items/minimum",
    ),
    "a shorter text": (lambda s: s["properties"]["case_no"].update(maxLength=9), "/properties/case_no"),
    "a list of anything": (lambda s: s["properties"]["missing"].pop("items"), "/properties/missing/items"),
    "a wider enumeration deep inside": (
        lambda s: s["$defs"]["Office"]["properties"]["dept"]["anyOf"][0]["enum"].append("tax"),
        "/$defs/Office/properties/dept/anyOf/0/enum",
    ),
    "a field removed deep inside": (
        lambda s: s["$defs"]["Period"]["properties"].pop("extension"),
        "/$defs/Period/properties/extension",
    ),
    "a keyword that no rule covers yet": (
        lambda s: s["properties"]["materials"].update(uniqueItems=True),
        "/properties/materials",
    ),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda s: None,
    "an optional field": lambda s: s["properties"].update(urgent={"type": "boolean", "default": False}),
    "an optional field deep inside": lambda s: s["$defs"]["Access"]["properties"].update(
        line={"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    ),
    "a better description": lambda s: s["properties"]["case_no"].update(description="Better."),
    "another title": lambda s: s.update(title="申请登记"),
    "another order of values": lambda s: s["properties"]["channel"]["enum"].reverse(),
    "null said first": lambda s: s["$defs"]["Period"]["properties"]["extension"]["anyOf"].reverse(),
    "a part by another name": lambda s: (
        s["$defs"].update(Reach=s["$defs"].pop("Access")),
        s["properties"]["access"].update({"$ref": "#/$defs/Reach"}),
    ),
    "a part written out": lambda s: s["properties"].update(item=s["$defs"]["ItemFacts"]),
}
CHANGES = {what: change for what, (change, _) in BREAKING.items()} | HARMLESS


def data_of(schema: Schema) -> Schema:
    data: Schema = schema["properties"]["data"]
    return data


def after(change: Change) -> tuple[Schema, Schema]:
    """A schema before and after a change of what it says of the data."""
    before = schema_of(CaseRegistered)
    changed = deepcopy(before)
    change(data_of(changed))
    return before, changed


def incompatible_changes(before: Schema, now: Schema) -> list[Incompatibility]:
    return incompatibilities({NAME: before}, {NAME: now})


def stands_in(schema: Schema, pointer: str) -> bool:
    found: Any = schema
    try:
        for step in pointer.split("/")[1:]:
            found = found[int(step) if isinstance(found, list) else step]
    except LookupError:
        return False
    return True


@pytest.mark.parametrize("what", BREAKING)
def test_a_change_that_breaks_readers_is_refused_with_its_place(what: str) -> None:
    change, place = BREAKING[what]
    before, changed = after(change)
    broken = incompatible_changes(before, changed)
    assert f"/properties/data{place}" in [each.pointer for each in broken]
    assert all(each.type == NAME for each in broken)
    assert all(stands_in(before, each.pointer) or stands_in(changed, each.pointer) for each in broken)


@pytest.mark.parametrize("what", BREAKING)
def test_a_change_of_a_shared_part_is_reported_once(what: str) -> None:
    broken = incompatible_changes(*after(BREAKING[what][0]))
    assert len(broken) == len(set(broken))


@pytest.mark.parametrize("what", HARMLESS)
def test_a_change_that_only_adds_is_allowed(what: str) -> None:
    assert incompatible_changes(*after(HARMLESS[what])) == []


UNSEEN = {"another format", "another pattern", "another default"}


def jsoncompat_allows(what: str, role: Literal["serializer", "both"]) -> bool:
    # of the data alone: it does not know `$id`
    before, changed = ({k: v for k, v in data_of(each).items() if k != "$id"} for each in after(CHANGES[what]))
    return jsoncompat.check_compat(json.dumps(before), json.dumps(changed), role)


# jsoncompat's `serializer`: whether what a new producer writes is valid for an old reader; `deserializer`: the reverse.
# Format, pattern and default it does not look at.
@pytest.mark.parametrize("what", sorted(BREAKING.keys() - UNSEEN))
def test_jsoncompat_refuses_what_we_refuse(what: str) -> None:
    assert not jsoncompat_allows(what, "both")


@pytest.mark.parametrize("what", HARMLESS)
def test_jsoncompat_agrees_that_old_readers_read_on(what: str) -> None:
    assert jsoncompat_allows(what, "serializer")


def test_a_report_names_the_change_and_what_to_do_instead() -> None:
    change, _ = BREAKING["a wider enumeration"]
    assert [str(each) for each in incompatible_changes(*after(change))] == [
        "cn.bianmin.case.registered.v1 /properties/data/properties/channel/enum: old readers do not know 'fax'; "
        "keep it as it was, or publish cn.bianmin.case.registered.v2 beside it"
    ]


def with_field(name: str, declared: Any) -> type[EventData]:
    fields: dict[str, Any] = {name: declared}
    return create_model("TaskCompleted", __base__=TaskCompleted, **fields)


def test_a_model_may_get_an_optional_field_and_no_other() -> None:
    was = {TaskCompleted.event_type: schema_of(TaskCompleted)}
    more, strict = with_field("stage", (str | None, None)), with_field("stage", (str, ...))
    assert incompatibilities(was, {TaskCompleted.event_type: schema_of(more)}) == []
    (broken,) = incompatibilities(was, {TaskCompleted.event_type: schema_of(strict)})
    assert broken.instead == "give it a default, or publish cn.bianmin.task.completed.v2 beside it"
    (lost,) = incompatibilities({TaskCompleted.event_type: schema_of(more)}, was)
    assert lost.pointer == "/properties/data/properties/stage"


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("access", (Access | None, None)),
        ("access", (tuple[Access, ...], ...)),
        ("seq", (int, ...)),
        ("task_id", (str, ...)),
        ("kind", (Literal["review"], ...)),
        ("opinion", (str, ...)),
        ("assignee", (str, ...)),
        ("assignee", (str | None, ...)),
        ("assignee", (str | None, "nobody")),
        ("assignee", (dict[str, str], {})),
    ],
)
def test_a_field_of_a_model_stays_as_it_was(name: str, declared: Any) -> None:
    was = {TaskCompleted.event_type: schema_of(TaskCompleted)}
    broken = incompatibilities(was, {TaskCompleted.event_type: schema_of(with_field(name, declared))})
    assert broken
    assert all(each.pointer.startswith(f"/properties/data/properties/{name}") for each in broken)


def test_a_type_may_be_added_but_not_removed() -> None:
    some = {name: schema for name, schema in documents().items() if name != NAME}
    assert [(each.type, each.pointer) for each in incompatibilities(documents(), some)] == [(NAME, "")]
    assert incompatibilities(some, documents()) == []


ENVELOPE_BREAKING: dict[str, tuple[Change, str]] = {
    "an attribute removed": (lambda s: (s["properties"].pop("region"), s["required"].remove("region")), "region"),
    "an attribute that may be missing now": (lambda s: s["required"].remove("sequence"), "sequence"),
    "a new attribute that must be there": (
        lambda s: (s["properties"].update(zone={"type": "string"}), s["required"].append("zone")),
        "zone",
    ),
    "another constant": (lambda s: s["properties"]["specversion"].update(const="1.1"), "specversion/const"),
    "the type of another event": (lambda s: s["properties"]["type"].update(const="other"), "type/const"),
}


@pytest.mark.parametrize("what", ENVELOPE_BREAKING)
def test_the_envelope_is_compared_like_the_data(what: str) -> None:
    change, attribute = ENVELOPE_BREAKING[what]
    before = schema_of(CaseRegistered)
    changed = deepcopy(before)
    change(changed)
    assert [each.pointer for each in incompatible_changes(before, changed)] == [f"/properties/{attribute}"]


def test_a_part_that_contains_itself_is_compared() -> None:
    def tree(type_name: str) -> Schema:
        kin = {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}], "default": None}
        node = {"type": "object", "properties": {"kin": kin, "size": {"type": type_name}}}
        return {"$ref": "#/$defs/Node", "$defs": {"Node": node}}

    assert incompatible_changes(tree("integer"), tree("integer")) == []
    assert [each.pointer for each in incompatible_changes(tree("integer"), tree("number"))] == [
        "/$defs/Node/properties/size"
    ]


def test_every_type_has_its_schema() -> None:
    assert documents().keys() == MODELS.keys()
