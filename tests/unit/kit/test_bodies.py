"""Types of the fields of request models, and the errors of wrong values."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import ValidationError

from bianmin.kit.bodies import Body, Day, Moment
from bianmin.kit.validation_errors import describe_error
from command.deployment import SERVICES


class Within(Body):
    """A body in a body."""

    days: int | None = None


class Asked(Body):
    days: int = 1
    lamp: Literal["green", "yellow", "red"] = "green"
    only: Literal["case"] = "case"
    on: Day | None = None
    at: Moment | None = None
    id: UUID | None = None
    within: list[Within] = []


def findings(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate(body)
    return [astuple(describe_error({**one, "loc": ("body", *one["loc"])})) for one in wrong.value.errors()]


@pytest.mark.parametrize("value", [True, "5", 5.0, 5.5])
def test_an_integer_of_a_body_is_an_integer(value: Any) -> None:
    assert findings({"days": value}) == [("/days", "int_type", "应为整数")]
    assert findings({"within": [{"days": value}]}) == [("/within/0/days", "int_type", "应为整数")]


def test_days_moments_and_ids_are_read_from_json_strings() -> None:
    id = "01a207d3-afdc-7702-b13c-1d53a94d0e25"
    asked = Asked.model_validate({"days": 5, "on": "2026-03-02", "id": id, "within": [{"days": None}, {"days": 7}]})
    assert (asked.days, asked.on, asked.id) == (5, date(2026, 3, 2), UUID(id))
    assert [one.days for one in asked.within] == [None, 7]


@pytest.mark.parametrize(
    "text", ["2026-W01-1", "2026-W01", "20260105", "2026-1-5", "２０２６-01-05", "2026-02-30", "0000-01-01"]
)
def test_a_day_in_another_format_than_year_month_day_is_refused(text: str) -> None:
    assert findings({"on": text}) == [("/on", "day", "应为日期，如 2026-11-23")]


@pytest.mark.parametrize(
    "text",
    ["2026-W01-1T09:30:00+08:00", "20260105T093000+0800", "2026-01-05T09+08:00", "2026-01-05T09:30:00", "2026-01-05"],
)
def test_a_moment_without_day_time_or_offset_is_refused(text: str) -> None:
    assert findings({"at": text}) == [("/at", "moment", "应为带时区的时间，如 2026-11-23T09:30:00+08:00")]


def test_a_moment_is_read_as_rfc_3339_writes_it() -> None:
    nine = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    for text in (
        "2026-01-05T09:30:00+08:00",
        "2026-01-05t01:30:00z",
        "2026-01-05 09:30+08:00",
        "2026-01-05T01:30:00.0Z",
    ):
        assert Asked.model_validate({"at": text}).at == nine


def every(model: type[Body]) -> Iterator[type[Body]]:
    for each in model.__subclasses__():
        yield each
        yield from every(each)


def integers(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "int":
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from integers(part)


def test_every_request_model_takes_only_integers_for_integers() -> None:
    found = {
        f"{model.__module__}.{model.__name__}": all(
            one.get("strict") for one in integers(model.__pydantic_core_schema__)
        )
        for model in every(Body)
    }
    assert len(SERVICES) == 5
    assert "services.routing.api.bodies.routes.ExtensionIn" in found
    assert [name for name, strict in found.items() if not strict] == []


def test_an_error_lists_the_choices_in_chinese() -> None:
    assert findings({"lamp": "blue"}) == [("/lamp", "literal_error", "应为 green、yellow、red 之一")]
    assert findings({"only": "complaint"}) == [("/only", "literal_error", "应为 case")]
