"""The fields of the events in a case's timeline. Which of them an entry has depends on the type of its event."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from bianmin.domain.labels_zh import (
    CARD_LEVELS,
    CLOCK_KINDS,
    DELIVERIES,
    MODES,
    OPINIONS,
    ORG_LEVELS,
    PERIOD_UNITS,
    PROCEDURES,
    REPLY_METHODS,
    STEP_KINDS,
    SUBJECT_KINDS,
)
from bianmin.kit.fields import CASE_ID, CENTER_ORG, DEPT_VALUES, MOMENT, CaseNo, values_of
from services.intake.api.fields import ACCEPTED_ON, AGENT_ID, CYCLE_TEXT, LAMP_TEXT, MATERIAL_NO_TEXT
from services.intake.domain.labels_zh import CHANNELS

_STEP_KIND = f"环节的种类：{values_of(STEP_KINDS)}"
_TASK_ID = "019aca6b-91a0-7c35-8d2f-4b6e8a0c1d59"


def _day(text: str) -> Any:
    return Field(description=f"{text}，YYYY-MM-DD", json_schema_extra={"format": "date"}, examples=[ACCEPTED_ON])


def _moment(text: str) -> Any:
    return Field(
        description=f"{text}，RFC 3339，时区 +08:00", json_schema_extra={"format": "date-time"}, examples=[MOMENT]
    )


def _id(text: str, example: str = CASE_ID) -> Any:
    return Field(description=f"{text}，UUID", json_schema_extra={"format": "uuid"}, examples=[example])


class TimelineOffice(TypedDict, total=False):
    """An office in an event."""

    org: Annotated[str, Field(description="单位的区划代码", examples=[CENTER_ORG])]
    dept: Annotated[str, Field(description=f"条线；没有条线的没有这一项：{DEPT_VALUES}", examples=["civil"])]


class TimelineStep(TypedDict, total=False):
    """A planned step of a route in an event."""

    step_id: Annotated[str, _id("环节的编号，与任务编号相同", _TASK_ID)]
    seq: Annotated[int, Field(description="环节的序号，从 1 起", examples=[1])]
    kind: Annotated[str, Field(description=_STEP_KIND, examples=["decide"])]
    office: Annotated[TimelineOffice, Field(description="办理单位", examples=[{"org": CENTER_ORG, "dept": "civil"}])]
    group: Annotated[int, Field(description="并行环节的组号；不并行的没有这一项", examples=[1])]


class TimelineData(TypedDict, total=False):
    """The fields of an event of a case, without personal data; an entry has those of its event's type."""

    accepted_on: Annotated[str, _day("受理之日；更正视为受理的，为原视为受理之日")]
    agreed: Annotated[bool, Field(description="负责人是否同意不予许可", examples=[True])]
    answered_on: Annotated[str, _day("答复报备之日")]
    appeal_by: Annotated[str, _moment("申诉期限届满的时间")]
    appealed_at: Annotated[str, _moment("申诉的时间")]
    approved_on: Annotated[str, _day("批准延期之日")]
    awaits_delivery: Annotated[bool, Field(description="是否还须送达", examples=[True])]
    budget: Annotated[int, Field(description="期限的长短，单位见 unit，不含延长的", examples=[5])]
    by: Annotated[int, Field(description="时钟延长了多少，单位与期限相同", examples=[10])]
    calendar_version: Annotated[str, Field(description="据以计算的日历版本", examples=["CN-3f9c1a7b2d4e"])]
    card_id: Annotated[str, _id("牌的编号")]
    case_no: CaseNo
    channel: Annotated[str, Field(description=f"从哪里申请：{values_of(CHANNELS)}", examples=["window"])]
    clock_id: Annotated[str, _id("时钟编号")]
    closed_on: Annotated[str, _day("办结之日")]
    cycle: Annotated[int, Field(description=CYCLE_TEXT, examples=[1])]
    days: Annotated[int, Field(description="申请延长多少，单位见 unit", examples=[10])]
    decided_on: Annotated[str, _day("作出决定之日")]
    delivered_on: Annotated[str, _day("送达之日")]
    dept: Annotated[str, Field(description=f"对期限负责的条线：{DEPT_VALUES}", examples=["civil"])]
    detected_at: Annotated[str, _moment("系统发现临近到期或超期的时间")]
    due_at: Annotated[str, _moment("届满的时间")]
    due_on: Annotated[str, _day("到期之日")]
    early: Annotated[bool, Field(description="是否提前", examples=[True])]
    ended_on: Annotated[str, _day("特别程序结束之日，当日仍不计入期限")]
    expected_days: Annotated[int, Field(description="特别程序的预计时间，工作日", examples=[7])]
    extension_id: Annotated[str, _id("延期申请的编号")]
    filed_on: Annotated[str, _day("报备之日")]
    filing_id: Annotated[str, _id("报备的编号")]
    issued_at: Annotated[str, _moment("发牌的时间")]
    kind: Annotated[
        str,
        Field(
            description=f"种类。时钟和牌：{values_of(CLOCK_KINDS)}；环节：{values_of(STEP_KINDS)}；"
            f"特别程序：{values_of(PROCEDURES)}",
            examples=["promise"],
        ),
    ]
    lamp: Annotated[str, Field(description=LAMP_TEXT, examples=["green"])]
    lapsed_on: Annotated[str, _day("逾期未补正而办结之日")]
    late: Annotated[bool, Field(description="停止时是否已超期", examples=[False])]
    lead: Annotated[
        TimelineOffice, Field(description="牵头的办理单位", examples=[{"org": CENTER_ORG, "dept": "civil"}])
    ]
    level: Annotated[
        str,
        Field(
            description=f"牌的颜色：{values_of(CARD_LEVELS)}；调解在哪一级：{values_of(ORG_LEVELS)}",
            examples=["yellow"],
        ),
    ]
    materials: Annotated[list[int], Field(description=f"收到的材料：{MATERIAL_NO_TEXT}", examples=[[1]])]
    mediated_on: Annotated[str, _day("调解之日")]
    mediation_id: Annotated[str, _id("调解的编号")]
    method: Annotated[
        str,
        Field(
            description=f"送达方式：{values_of(DELIVERIES)}；回复方式：{values_of(REPLY_METHODS)}",
            examples=["in_person"],
        ),
    ]
    missing: Annotated[list[int], Field(description=f"还缺的材料：{MATERIAL_NO_TEXT}", examples=[[2]])]
    mode: Annotated[str, Field(description=f"办理方式：{values_of(MODES)}", examples=["promised"])]
    notice_due_on: Annotated[str, _day("一次性告知的最后一日")]
    noticed_on: Annotated[str, _day("告知之日")]
    notified: Annotated[
        list[str], Field(description="告知发牌的单位：被发牌单位及其上级的区划代码", examples=[[CENTER_ORG, "520123"]])
    ]
    office: Annotated[TimelineOffice, Field(description="办理单位", examples=[{"org": CENTER_ORG, "dept": "civil"}])]
    opinion: Annotated[str, Field(description=f"意见：{values_of(OPINIONS)}", examples=["grant"])]
    org: Annotated[str, Field(description="对期限负责的单位的区划代码", examples=[CENTER_ORG])]
    outcome: Annotated[str, Field(description="调解的结果：agreed 达成协议，failed 没有调解成", examples=["agreed"])]
    paused_on: Annotated[str, _day("暂停之日，当日起不计入期限")]
    previous_due_at: Annotated[str, _moment("原来届满的时间")]
    previous_due_on: Annotated[str, _day("原来的到期之日")]
    procedure_id: Annotated[str, _id("特别程序的编号")]
    provisional: Annotated[bool, Field(description="是否暂定：日历公布后可能变动", examples=[False])]
    reason_code: Annotated[str, Field(description="理由的代码", examples=["not_competent"])]
    received_on: Annotated[str, _day("收到材料之日")]
    refused_on: Annotated[str, _day("不予受理之日")]
    rejected_on: Annotated[str, _day("不批准延期之日")]
    reopened_on: Annotated[str, _day("重新办理之日")]
    replied_on: Annotated[str, _day("回复申请人之日")]
    requested_on: Annotated[str, _day("申请延期之日")]
    result: Annotated[
        str, Field(description="结果：granted 准予，denied 不予许可，withdrawn 撤回", examples=["granted"])
    ]
    resumed_at: Annotated[str, _moment("恢复计时的时间")]
    revoked_at: Annotated[str, _moment("撤销牌的时间")]
    seq: Annotated[int, Field(description="环节的序号，从 1 起", examples=[1])]
    staff: Annotated[list[str], Field(description="有关工作人员的人员编号", examples=[[AGENT_ID]])]
    stage: Annotated[
        str, Field(description="同类时钟的哪一段，如 supplement 补正；只有一段的没有这一项", examples=["supplement"])
    ]
    started_on: Annotated[str, _day("开始之日")]
    steps: Annotated[
        list[TimelineStep],
        Field(
            description="各个环节，按先后排列",
            examples=[
                [{"step_id": _TASK_ID, "seq": 1, "kind": "decide", "office": {"org": CENTER_ORG, "dept": "civil"}}]
            ],
        ),
    ]
    stopped_at: Annotated[str, _moment("停止计时的时间")]
    subject_kind: Annotated[str, Field(description=f"是谁的时钟：{values_of(SUBJECT_KINDS)}", examples=["case"])]
    superior: Annotated[str, Field(description="由哪个上级确定办理单位，区划代码", examples=["520123"])]
    task_id: Annotated[str, _id("任务编号", _TASK_ID)]
    to: Annotated[TimelineOffice, Field(description="转到哪个单位", examples=[{"org": CENTER_ORG, "dept": "legal"}])]
    to_task_id: Annotated[str, _id("转到的任务的编号", _TASK_ID)]
    turned_at: Annotated[str, _moment("换灯的时间")]
    unit: Annotated[str, Field(description=f"期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])]
    upheld_at: Annotated[str, _moment("维持牌的时间")]
    wait_days: Annotated[int, Field(description="等待补正多少日，自然日", examples=[30])]
    withdrawn_on: Annotated[str, _day("撤回之日")]
