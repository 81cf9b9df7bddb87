"""Request bodies of filings of denials."""

from typing import Annotated

from pydantic import Field, StrictBool

from bianmin.kit.bodies import Body, Text


class DenialFilingIn(Body):
    """The intention to deny a case, and why."""

    facts: Annotated[
        Text, Field(description="查明的事实，1 至 2000 字，加密保存", examples=["经核查，经营场所未通过消防验收。"])
    ]
    reason: Annotated[
        Text, Field(description="不予许可的理由，1 至 2000 字，加密保存", examples=["不具备规定的经营条件。"])
    ]
    legal_basis: Annotated[
        Text,
        Field(description="依据的法律条款，1 至 2000 字", examples=["《中华人民共和国行政许可法》第三十八条"]),
    ]
    missing: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=100)]] | None,
        Field(max_length=100, description="仍缺的材料的序号，从 1 起；与材料无关的不填", examples=[[2]]),
    ] = None


class DenialFilingAnswerIn(Body):
    """The answer of the head."""

    agree: Annotated[StrictBool, Field(description="是否同意不予许可", examples=[False])]
    opinion: Annotated[
        Text, Field(description="负责人的意见，1 至 2000 字，加密保存", examples=["可以整改，请再到现场核查一次。"])
    ]
