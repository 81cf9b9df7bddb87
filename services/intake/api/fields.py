"""Descriptions and examples that several models of intake's API share."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints
from typing_extensions import TypeAliasType

from bianmin.domain.labels_zh import CASE_STATUSES, LAMPS
from bianmin.events.parts import CaseStatus, Channel
from bianmin.kit.bodies import AS_TEXT
from bianmin.kit.fields import CASE_ID, CENTER_ORG, values_of
from services.intake.domain.labels_zh import APPLICANT_KINDS, CHANNELS, DOCUMENT_KINDS

ITEM_CODE = "MZ-003"
ITEM_NAME = "临时救助（小额）"
MATERIAL = "居民身份证"
MISSING = "临时救助申请书"
AGENT_ID = "agent.520123103201.01"
RECEIVED_ON = "2026-11-23"
ACCEPTED_ON = "2026-11-24"
REGISTERED_AT = "2026-11-23T09:12:40+08:00"
UPDATED_AT = "2026-11-24T10:05:31+08:00"
ID_NUMBER = "520123196503120020"
PHONE = "13885012345"
ADDRESS = "修文县六广镇六广村二组"
FORM: dict[str, Any] = {"困难类型": "突发疾病", "家庭人口": 4, "低保户": False}
MATERIAL_IN = {"no": 1, "form": "copy"}
MASKED_APPLICANT = {
    "kind": "person",
    "name": "王*英",
    "id_type": "citizen_id",
    "id_number": "520***********0020",
    "phone": "138****2345",
}
MISSING_MATERIAL = {"no": 2, "name": MISSING}
LISTED_MATERIAL = {"no": 1, "name": MATERIAL, "required": True, "source": "applicant", "brought": "copy"}
ITEM_REF = {"org": "520123", "code": ITEM_CODE, "version": 1, "name": ITEM_NAME}
RUNNING_CLOCK = {
    "id": "019aca70-5d1e-7f42-8b6c-1a3c5e7f9b0d",
    "kind": "step",
    "stage": "1",
    "cycle": 1,
    "org": CENTER_ORG,
    "dept": "civil",
    "unit": "workday",
    "budget": 3,
    "extended_by": 0,
    "started_on": ACCEPTED_ON,
    "due_on": "2026-11-27",
    "due_at": "2026-11-28T00:00:00+08:00",
    "provisional": False,
    "lamp": "green",
    "state": "running",
}
"""Examples of one story: a resident applies for temporary relief at a township center, which decides it."""

FormAnswer = TypeAliasType(
    "FormAnswer", Annotated[str, StringConstraints(max_length=500), AS_TEXT] | StrictInt | bool | None
)
"""An answer on a form. It has a name in the document: some generators cannot do unions, and a user can map the name."""

ORG_TEXT = "登记单位的区划代码，2、4、6、9、12 或 14 位数字"
MATERIAL_NO_TEXT = "材料在事项材料清单中的序号，从 1 起"
CYCLE_TEXT = "第几次办理，从 1 起；重新办理一次加 1"
APPLICANT_KIND_TEXT = f"种类：{values_of(APPLICANT_KINDS)}"
ID_TYPE_TEXT = f"证件种类：{values_of(DOCUMENT_KINDS)}"

CaseKey = Annotated[UUID, Field(description="办件编号，UUID；以后的请求用它指明办件", examples=[CASE_ID])]
Status = Annotated[CaseStatus, Field(description=f"状态：{values_of(CASE_STATUSES)}", examples=["accepted"])]
RegisteredChannel = Annotated[Channel, Field(description=f"从哪里申请：{values_of(CHANNELS)}", examples=["window"])]
ReceivedOn = Annotated[
    date, Field(description="最近一次收齐材料之日，YYYY-MM-DD；补齐材料后为补齐之日", examples=[RECEIVED_ON])
]
AcceptedOn = Annotated[
    date | None, Field(description="受理之日，YYYY-MM-DD；没有受理的为 null", examples=[ACCEPTED_ON])
]
Deemed = Annotated[bool, Field(description="是否因期限内没有告知补正而视为受理", examples=[False])]
DecidedOn = Annotated[date | None, Field(description="作出决定之日，YYYY-MM-DD；没有决定的为 null", examples=[None])]
ClosedOn = Annotated[date | None, Field(description="办结之日，YYYY-MM-DD；没有办结的为 null", examples=[None])]
LAMP_TEXT = f"灯：{values_of(LAMPS)}"
