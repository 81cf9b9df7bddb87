"""Request bodies of who does a task."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from bianmin.events.parts import Dept
from bianmin.kit.bodies import Body, Code, Day, OrgCode, Short, Text
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, STAFF_ID

ToOrg = Annotated[OrgCode, Field(description="单位所在机构的区划代码", examples=[CENTER_ORG])]
ToDept = Annotated[Dept | None, Field(description=f"条线；村站不填：{DEPT_VALUES}", examples=["land"])]


class OfficeIdIn(Body):
    """An office by its org and line."""

    org: ToOrg
    dept: ToDept = None


class TaskAssignmentIn(Body):
    """A person of the office, or, after an objection, the office."""

    staff_id: Annotated[Code | None, Field(description="指派给谁，人员编号", examples=[STAFF_ID])] = None
    office: Annotated[
        OfficeIdIn | None,
        Field(
            description="提出异议以后，由共同上级的负责人确定的办理单位",
            examples=[None],
        ),
    ] = None

    @model_validator(mode="after")
    def _names_one(self) -> "TaskAssignmentIn":
        if (self.staff_id is None) == (self.office is None):
            raise ValueError("staff_id 和 office 填且只填一项")
        return self


class TaskTransferIn(Body):
    """Another office, and why."""

    org: ToOrg
    dept: ToDept = None
    reason: Annotated[
        Text, Field(description="转交的理由，1 至 2000 字，加密保存", examples=["涉及占地，应由自然资源窗口审核。"])
    ]


class TaskReasonIn(Body):
    """Why."""

    reason: Annotated[
        Text, Field(description="理由，1 至 2000 字，加密保存", examples=["不是本单位的职责，应由自然资源窗口办理。"])
    ]


class ResultIn(Body):
    """What was granted."""

    name: Annotated[Short, Field(description="证照或批文的名称，1 至 100 字", examples=["食品经营许可证"])]
    number: Annotated[
        Short | None, Field(description="证照编号，1 至 100 字；没有的不填", examples=["JY25201230012345"])
    ] = None
    valid_until: Annotated[
        Day | None, Field(description="有效期至，YYYY-MM-DD；长期的不填", examples=["2031-12-17"])
    ] = None
    file_id: Annotated[
        UUID | None,
        Field(description="证照文件的编号，见上传文件的答复", examples=["019acb0a-1c2d-7e3f-8a4b-5c6d7e8f9a0b"]),
    ] = None
