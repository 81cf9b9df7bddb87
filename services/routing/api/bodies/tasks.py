"""Request bodies of tasks."""

from typing import Annotated

from pydantic import Field, model_validator

from bianmin.domain.labels_zh import OPINIONS
from bianmin.events.parts import TaskOpinion
from bianmin.kit.bodies import Body, Code, Text
from bianmin.kit.fields import values_of
from services.routing.api.bodies.assignment import ResultIn


class EmptyBody(Body):
    """The body of a request that needs none."""


class CompletionIn(Body):
    """An opinion or decision. A denial needs `reason_code` and `legal_basis`."""

    opinion: Annotated[
        TaskOpinion,
        Field(
            description="审核步骤填 agree 或 disagree，决定步骤填 grant 或 deny，协助步骤填 helped："
            f"{values_of(OPINIONS)}",
            examples=["grant"],
        ),
    ]
    note: Annotated[
        Text | None, Field(description="意见的说明，1 至 2000 字，加密保存", examples=["材料齐全，经营场所符合要求。"])
    ] = None
    reason_code: Annotated[
        Code | None,
        Field(description="不予许可的理由代码，1 至 64 个字符，进入统计；deny 时必填", examples=["not_eligible"]),
    ] = None
    legal_basis: Annotated[
        Text | None,
        Field(
            description="依据的法律条款，1 至 2000 字；deny 时必填（行政许可法第三十八条）",
            examples=["《中华人民共和国行政许可法》第三十八条"],
        ),
    ] = None

    result: Annotated[
        ResultIn | None,
        Field(
            description="准予的结果：证照或批文；加密保存；只有 grant 可填",
            examples=[{"name": "食品经营许可证", "number": "JY25201230012345", "valid_until": "2031-12-17"}],
        ),
    ] = None

    @model_validator(mode="after")
    def _grants_the_result(self) -> "CompletionIn":
        if self.result is not None and self.opinion != "grant":
            raise ValueError("result 只有准予（grant）时可填；请去掉")
        return self


class ReturnIn(Body):
    """Why the case is returned to the step before."""

    reason: Annotated[
        Text, Field(description="退回的理由，1 至 2000 字，加密保存", examples=["租赁合同未注明面积，请核实后再报。"])
    ]
