"""Views of tasks: in a list, after a command, as steps of a route."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.domain.labels_zh import MODES, OPINIONS, STEP_KINDS, TASK_STATUSES
from bianmin.events.parts import Mode, TaskKind, TaskOpinion, TaskStatus
from bianmin.kit.fields import DEPT_VALUES, MOMENT, OFFICE_ORG, STAFF_ID, CaseId, CaseNo, values_of
from services.routing import texts
from services.routing.api.sealing import OPENED_RESULT, OpenedNote
from services.routing.api.views.state_view import StateView, attributes
from services.routing.domain.route import Route
from services.routing.domain.task import Objection
from services.routing.store.queries.tasks import ListedTask


def _remedies_against(opinion: Any) -> str | None:
    return texts.REMEDIES if opinion == "deny" else None


class OfficeRef(StateView):
    """An office by its org and line; a station is its own office and has no line."""

    org: Annotated[str, Field(description="机构的区划代码", examples=[OFFICE_ORG])]
    dept: Annotated[
        str | None, Field(description=f"条线；村站和服务点没有条线，为 null：{DEPT_VALUES}", examples=["market"])
    ]


class TaskHeadView(StateView):
    """The fields that a task and a step of a route share. `group` numbers steps that run side by side."""

    id: Annotated[UUID, Field(description="任务编号，UUID", examples=["019aca6b-91a0-7c35-8d2f-4b6e8a0c1d59"])]
    seq: Annotated[int, Field(description="第几步，从 1 起；退回重办的步骤序号不变", examples=[2])]
    group: Annotated[int | None, Field(description="并行步骤的组号；不并行的为 null", examples=[None])] = None
    cycle: Annotated[int, Field(description="第几次办理，从 1 起；重新办理一次加 1", examples=[1])]
    kind: Annotated[TaskKind, Field(description=f"步骤的种类：{values_of(STEP_KINDS)}", examples=["decide"])]
    office: Annotated[
        OfficeRef, Field(description="由哪个办理单位办理", examples=[{"org": OFFICE_ORG, "dept": "market"}])
    ]
    status: Annotated[TaskStatus, Field(description=f"状态：{values_of(TASK_STATUSES)}", examples=["done"])]
    assignee: Annotated[str | None, Field(description="签收人的人员编号；尚未签收的为 null", examples=[STAFF_ID])]
    received_at: Annotated[
        datetime | None,
        Field(
            description="签收的时间，RFC 3339，时区 +08:00；尚未签收的为 null", examples=["2026-11-27T09:05:00+08:00"]
        ),
    ]
    done_at: Annotated[
        datetime | None,
        Field(description="办完或退回的时间，RFC 3339，时区 +08:00；尚未办完的为 null", examples=[MOMENT]),
    ]
    opinion: Annotated[
        TaskOpinion | None,
        Field(description=f"意见；尚未办完的为 null：{values_of(OPINIONS)}", examples=["grant"]),
    ]
    verified_by: Annotated[
        str | None,
        Field(
            description="复核人的人员编号（行政许可法第三十四条第三款）；没有复核的为 null",
            examples=["market.520123.02"],
        ),
    ]
    objection: Annotated[
        Objection | None,
        Field(
            description="异议：raised 已提出、等待共同上级确定，settled 办理单位已确定；没有的为 null",
            examples=[None],
        ),
    ]
    escalated_to: Annotated[
        str | None,
        Field(description="会办意见超期，报给哪个上级，区划代码；没有超期的为 null", examples=[None]),
    ]
    reason_code: Annotated[str | None, Field(description="不予许可的理由代码；其他为 null", examples=["not_eligible"])]
    legal_basis: Annotated[
        str | None,
        Field(description="依据的法律条款；没有填写的为 null", examples=["《中华人民共和国行政许可法》第三十八条"]),
    ]
    remedies: Annotated[
        str | None,
        BeforeValidator(_remedies_against),
        Field(
            validation_alias=AliasPath("opinion"),
            description="不予许可的救济途径，告知申请人（行政许可法第三十八条第二款）；其他为 null",
            examples=[texts.REMEDIES],
        ),
    ]


class RouteItemView(StateView):
    """The item of a case, in the version in which the case was accepted."""

    org: Annotated[str, Field(description="公布事项的机构的区划代码", examples=[OFFICE_ORG])]
    code: Annotated[str, Field(description="事项编码", examples=["SC-003"])]
    version: Annotated[int, Field(description="受理时的事项版本，从 1 起", examples=[3])]
    name: Annotated[str, Field(description="事项名称", examples=["食品经营许可"])]


class TaskView(TaskHeadView):
    """A task for the office that works on it. The notes of other offices are in the route."""

    case_id: CaseId
    case_no: CaseNo
    item: Annotated[
        RouteItemView,
        Field(
            description="办理的事项",
            examples=[{"org": OFFICE_ORG, "code": "SC-003", "version": 3, "name": "食品经营许可"}],
        ),
    ]
    mode: Annotated[Mode, Field(description=f"办理方式：{values_of(MODES)}", examples=["report_up"])]

    @classmethod
    def in_route(cls, route: Route, task_id: UUID) -> Self:
        """The view of one task of a route."""
        item = route.item
        case = {"case_no": route.case_no, "item": item, "mode": item.mode}
        return cls.model_validate(attributes(route.task(task_id)) | case)


class ListedTaskView(TaskView):
    """A task in a list. `updated_at` orders the change feed."""

    updated_at: Annotated[
        datetime,
        Field(description="最近一次变动的时间，RFC 3339，时区 +08:00；可用作下次的 updated_since", examples=[MOMENT]),
    ]

    @classmethod
    def of(cls, listed: ListedTask) -> Self:
        """The view of a task in a list."""
        item = listed.item
        case = {"case_no": listed.case_no, "item": item, "mode": item.mode, "updated_at": listed.changed_at}
        return cls.model_validate(attributes(listed.task) | case)


class ResultView(StateView):
    """What was granted."""

    name: Annotated[str, Field(description="证照或批文的名称", examples=["食品经营许可证"])]
    number: Annotated[str | None, Field(description="证照编号；没有的为 null", examples=["JY25201230012345"])]
    valid_until: Annotated[
        date | None, Field(description="有效期至，YYYY-MM-DD；长期的为 null", examples=["2031-12-17"])
    ]
    file_id: Annotated[
        UUID | None,
        Field(description="证照文件的编号；没有的为 null", examples=["019acb0a-1c2d-7e3f-8a4b-5c6d7e8f9a0b"]),
    ]


class StepView(TaskHeadView):
    """A step of a route. `note` holds the grounds of its opinion, or why its office returned the case."""

    note: Annotated[
        OpenedNote,
        Field(description="意见的说明，或退回的理由；没有写的为 null", examples=["材料齐全，经营场所符合要求。"]),
    ]
    result: Annotated[
        ResultView | None,
        OPENED_RESULT,
        Field(
            description="准予的结果；没有填写的为 null",
            examples=[
                {
                    "name": "食品经营许可证",
                    "number": "JY25201230012345",
                    "valid_until": "2031-12-17",
                    "file_id": "019acb0a-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
                }
            ],
        ),
    ]
