"""Views of the applicant: masked, and in full."""

from typing import Annotated

from pydantic import Field, SkipValidation

from bianmin.kit.bodies import View
from services.intake.api.fields import (
    ADDRESS,
    APPLICANT_KIND_TEXT,
    FORM,
    ID_NUMBER,
    ID_TYPE_TEXT,
    MASKED_APPLICANT,
    PHONE,
    FormAnswer,
)
from services.intake.api.views.state_view import IntakeStateView


class MaskedApplicantView(IntakeStateView):
    """The applicant, masked."""

    kind: Annotated[str, Field(description=APPLICANT_KIND_TEXT, examples=["person"])]
    name: Annotated[str, Field(description="姓名或名称，已遮蔽", examples=[MASKED_APPLICANT["name"]])]
    id_type: Annotated[str, Field(description=ID_TYPE_TEXT, examples=["citizen_id"])]
    id_number: Annotated[str, Field(description="证件号码，已遮蔽", examples=[MASKED_APPLICANT["id_number"]])]
    phone: Annotated[
        str | None, Field(description="联系电话，已遮蔽；没有填写的为 null", examples=[MASKED_APPLICANT["phone"]])
    ]


class ApplicantView(View):
    """The unmasked form; every access to it is recorded. `form` was checked when the case was registered."""

    kind: Annotated[str, Field(description=APPLICANT_KIND_TEXT, examples=["person"])]
    name: Annotated[str, Field(description="姓名或名称", examples=["王秀英"])]
    id_type: Annotated[str, Field(description=ID_TYPE_TEXT, examples=["citizen_id"])]
    id_number: Annotated[str, Field(description="证件号码，字母为大写", examples=[ID_NUMBER])]
    phone: Annotated[str | None, Field(description="联系电话；没有填写的为 null", examples=[PHONE])]
    address: Annotated[str | None, Field(description="住址；没有填写的为 null", examples=[ADDRESS])]
    form: Annotated[
        SkipValidation[dict[str, FormAnswer]],
        Field(description="登记时填写的表格：项目名称和答案（文字、整数、是否，没有填写的为 null）", examples=[FORM]),
    ]
