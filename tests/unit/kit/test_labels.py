"""Every value of an enumeration has a Chinese name, which the API documents show."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from bianmin.domain import labels_zh
from bianmin.domain.actors import Role
from bianmin.events import parts
from bianmin.kit.fields import values_of

NAMED: Mapping[str, tuple[Mapping[str, str], Any]] = {
    "depts": (labels_zh.DEPTS, parts.Dept),
    "org levels": (labels_zh.ORG_LEVELS, parts.OrgLevel),
    "modes": (labels_zh.MODES, parts.Mode),
    "procedures": (labels_zh.PROCEDURES, parts.ProcedureKind),
    "units after a number": (labels_zh.UNITS, parts.PeriodUnit),
    "period units": (labels_zh.PERIOD_UNITS, parts.PeriodUnit),
    "roles": (labels_zh.ROLES, Role),
    "case statuses": (labels_zh.CASE_STATUSES, parts.CaseStatus),
    "task statuses": (labels_zh.TASK_STATUSES, parts.TaskStatus),
    "step kinds": (labels_zh.STEP_KINDS, parts.TaskKind),
    "opinions": (labels_zh.OPINIONS, parts.TaskOpinion),
    "deliveries": (labels_zh.DELIVERIES, parts.Delivery),
    "reply methods": (labels_zh.REPLY_METHODS, parts.ReplyMethod),
    "item types": (labels_zh.ITEM_TYPES, parts.ItemType),
    "subject kinds": (labels_zh.SUBJECT_KINDS, parts.SubjectKind),
    "clock kinds": (labels_zh.CLOCK_KINDS, parts.ClockKind),
    "lamps": (labels_zh.LAMPS, parts.Lamp),
    "card levels": (labels_zh.CARD_LEVELS, parts.CardLevel),
    "complaint kinds": (labels_zh.COMPLAINT_KINDS, parts.ComplaintKind),
    "complaint channels": (labels_zh.COMPLAINT_CHANNELS, parts.ComplaintChannel),
    "complaint levels": (labels_zh.COMPLAINT_LEVELS, parts.ComplaintLevel),
    "complaint outcomes": (labels_zh.COMPLAINT_OUTCOMES, parts.ComplaintOutcome),
}


@pytest.mark.parametrize(("labels", "values"), [pytest.param(*each, id=name) for name, each in NAMED.items()])
def test_every_value_has_a_name(labels: Mapping[str, str], values: Any) -> None:
    assert set(labels) == set(get_args(values))


def test_a_description_has_each_value_and_its_name() -> None:
    assert values_of({"review": "审核", "decide": "决定"}) == "review 审核，decide 决定"
