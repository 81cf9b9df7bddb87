"""No event holds anybody's data."""

import json
import re
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from bianmin.events import samples
from bianmin.events.intake import CaseRegistered
from bianmin.events.parts import Part

PERSONAL = re.compile(
    r"(^|_)(name|applicant|complainant|person|phone|mobile|tel|email|address|id|number|birth|gender|nation|bank|account|"
    r"signed|signature|text|note|reason|remark|comment|content|opinion|file|photo|facts)(_|$)"
)
ALLOWED = {
    "CaseRegistered.display_name": "masked, and refused when it is not",
    "ItemFacts.name": "of a service item",
    "OfficeOf.name": "of an office",
    "OrgChanged.name": "of an org",
    "TaskCompleted.opinion": "one of four words",
    "ComplaintLodged.case_id": "of a case",
    "PlannedStep.step_id": "of a step",
    "_.task_id": "of a task",
    "_.to_task_id": "of a task",
    "_.filing_id": "of a filing of a denial",
    "_.mediation_id": "of an attempt to mediate",
    "_.clock_id": "of a clock",
    "_.card_id": "of a yellow or red card",
    "_.procedure_id": "of a special procedure",
    "_.extension_id": "of a request for more time",
    "_.reason_code": "a code, and refused when it is a sentence",
}


def all_parts(model: type[Part]) -> Iterator[type[Part]]:
    yield model
    for each in model.__subclasses__():
        yield from all_parts(each)


def test_no_field_is_named_like_personal_data() -> None:
    ours = [model for model in all_parts(Part) if model.__module__.startswith("bianmin.events.")]
    for model in ours:
        for field in model.model_fields:
            if PERSONAL.search(field):
                assert ALLOWED.keys() & {f"{model.__name__}.{field}", f"_.{field}"}, f"{model.__name__}.{field}"


@pytest.mark.parametrize("name", ["张三", "张小三", "某某合作社"])
def test_a_name_that_is_not_masked_is_refused(name: str) -> None:
    sample = json.loads(samples.of(CaseRegistered)[0])
    with pytest.raises(ValidationError, match="display_name"):
        CaseRegistered.model_validate(sample["data"] | {"display_name": name})
