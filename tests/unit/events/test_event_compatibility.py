"""The contract only grows."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Literal

import jsoncompat
import pytest
from pydantic import create_model

from bianmin.events import contract
from bianmin.events.__main__ import main
from bianmin.events.compatibility import broken_promises
from bianmin.events.intake import CaseRefused, CaseRegistered
from bianmin.events.registry import MODELS
from bianmin.events.schemas import Schema, documents, schema_of

NAME = CaseRegistered.event_type
Change = Callable[[Schema], object]

BREAKING: dict[str, tuple[Change, str]] = {
    "a field removed": (lambda s: (s["properties"].pop("case_no"), s["required"].remove("case_no")), "data.case_no"),
    "an optional field removed": (lambda s: s["properties"].pop("missing"), "data.missing"),
    "a new field that must be there": (
        lambda s: (s["properties"].update(urgent={"type": "boolean"}), s["required"].append("urgent")),
        "data.urgent",
    ),
    "an old field that must be there now": (lambda s: s["required"].append("missing"), "data.missing"),
    "a field that may be missing now": (lambda s: s["required"].remove("case_no"), "data.case_no"),
    "another type": (lambda s: s["properties"]["case_no"].update(type="integer"), "data.case_no"),
    "another format": (lambda s: s["properties"]["received_on"].update(format="date-time"), "data.received_on"),
    "another default": (lambda s: s["properties"]["display_name"].update(default="*"), "data.display_name"),
    "a wider enumeration": (lambda s: s["properties"]["channel"]["enum"].append("fax"), "'fax'"),
    "a narrower enumeration": (lambda s: s["properties"]["channel"]["enum"].remove("agent"), "'agent'"),
    "values no longer listed": (lambda s: s["properties"]["channel"].pop("enum"), "data.channel"),
    "a field that may be null now": (
        lambda s: s["properties"].update(case_no={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "data.case_no",
    ),
    "another pattern": (lambda s: s["properties"]["display_name"].update(pattern="^$"), "data.display_name"),
    "a higher minimum": (lambda s: s["properties"]["missing"]["items"].update(minimum=2), "data.missing[]"),
    "a shorter text": (lambda s: s["properties"]["case_no"].update(maxLength=9), "data.case_no"),
    "a wider enumeration deep inside": (
        lambda s: s["$defs"]["Office"]["properties"]["dept"]["anyOf"][0]["enum"].append("tax"),
        "data.access.holders[].dept",
    ),
    "a field removed deep inside": (
        lambda s: s["$defs"]["Period"]["properties"].pop("extension"),
        "data.item.promise.extension",
    ),
    "a keyword nobody judged yet": (
        lambda s: s["properties"]["materials"].update(uniqueItems=True),
        "data.materials: uniqueItems cannot be judged",
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
    "a part by another name": lambda s: (
        s["$defs"].update(Reach=s["$defs"].pop("Access")),
        s["properties"]["access"].update({"$ref": "#/$defs/Reach"}),
    ),
}
CHANGES = {what: change for what, (change, _) in BREAKING.items()} | HARMLESS


def after(change: Change) -> tuple[Schema, Schema]:
    """A schema before and after a change."""
    before = schema_of(CaseRegistered)
    changed = deepcopy(before)
    change(changed)
    return before, changed


@pytest.mark.parametrize("what", BREAKING)
def test_a_change_that_breaks_readers_is_refused_with_its_place(what: str) -> None:
    change, place = BREAKING[what]
    before, changed = after(change)
    broken = broken_promises({NAME: before}, {NAME: changed})
    assert any(place in why for why in broken)
    assert all(why.startswith(f"{NAME}: ") for why in broken)


@pytest.mark.parametrize("what", HARMLESS)
def test_a_change_that_only_adds_is_allowed(what: str) -> None:
    before, changed = after(HARMLESS[what])
    assert broken_promises({NAME: before}, {NAME: changed}) == []


UNSEEN = {"another format", "another pattern", "another default"}


def jsoncompat_allows(what: str, role: Literal["serializer", "both"]) -> bool:
    # it does not know `$id`
    before, changed = ({k: v for k, v in schema.items() if k != "$id"} for schema in after(CHANGES[what]))
    return jsoncompat.check_compat(json.dumps(before), json.dumps(changed), role)


# jsoncompat's `serializer`: whether what a new producer writes is valid for an old reader; `deserializer`: the reverse.
# Format, pattern and default it does not look at.
@pytest.mark.parametrize("what", sorted(BREAKING.keys() - UNSEEN))
def test_jsoncompat_refuses_what_we_refuse(what: str) -> None:
    assert not jsoncompat_allows(what, "both")


@pytest.mark.parametrize("what", HARMLESS)
def test_jsoncompat_agrees_that_old_readers_read_on(what: str) -> None:
    assert jsoncompat_allows(what, "serializer")


def test_a_model_may_get_an_optional_field_and_no_other() -> None:
    was = {CaseRefused.event_type: schema_of(CaseRefused)}
    more = create_model("CaseRefused", __base__=CaseRefused, note=(str | None, None))
    strict = create_model("CaseRefused", __base__=CaseRefused, note=(str, ...))
    assert broken_promises(was, {CaseRefused.event_type: schema_of(more)}) == []
    assert broken_promises(was, {CaseRefused.event_type: schema_of(strict)}) != []


def test_a_type_is_never_taken_away_and_may_always_come() -> None:
    some = {name: schema for name, schema in documents().items() if name != NAME}
    assert len(broken_promises(documents(), some)) == 1
    assert broken_promises(some, documents()) == []


def test_the_envelope_is_kept_like_any_type() -> None:
    changed = deepcopy(documents()["envelope"])
    del changed["properties"]["region"]
    assert broken_promises(documents(), {**documents(), "envelope": changed})


def test_writing_and_checking_refuse_to_break_a_promise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", "--root", str(tmp_path)]) == 0
    assert main(["check", "--root", str(tmp_path)]) == 0
    promised = tmp_path / contract.SCHEMAS / f"{NAME}.json"
    schema = json.loads(promised.read_text())
    schema["properties"]["urgency"] = {"type": "string"}
    promised.write_text(json.dumps(schema))
    assert main(["check", "--root", str(tmp_path)]) == 1
    assert main(["write", "--root", str(tmp_path)]) == 1
    assert f"{NAME}: data.urgency: the field is gone" in capsys.readouterr().err
    assert json.loads(promised.read_text()) == schema


def test_checking_against_other_promises_looks_at_those(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, before = tmp_path / "now", tmp_path / "before"
    assert main(["write", "--root", str(root)]) == 0
    before.mkdir()
    (before / "cn.bianmin.case.cancelled.v1.json").write_text("{}")
    assert main(["check", "--root", str(root)]) == 0
    assert main(["check", "--root", str(root), "--against", str(before)]) == 1
    assert "cn.bianmin.case.cancelled.v1: the type is gone" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["check", "--root", str(root), "--against", str(tmp_path / "nowhere")])


def test_a_stale_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--root", str(tmp_path)]) == 1
    main(["write", "--root", str(tmp_path)])
    capsys.readouterr()
    (tmp_path / contract.CATALOGUE).write_text("")
    assert main(["check", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [f"  {contract.CATALOGUE}"]


def test_every_type_has_its_schema() -> None:
    assert documents().keys() == {"envelope", *MODELS}
