"""Request models."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints, model_validator

from bianmin.domain.identifiers import DocumentKind
from bianmin.events.parts import Channel
from bianmin.kit.bodies import AS_NAME, AS_TEXT, Address, Body, Code, Day, OrgCode, Short, Text
from services.intake.domain.content import Content, ItemCode

MaterialForm = Literal["original", "copy", "form", "electronic", "photo"]
No = Annotated[StrictInt, Field(ge=1, le=100)]


class ApplicantIn(Body):
    """Who applies."""

    kind: Literal["person", "organization"]
    name: Short
    id_type: DocumentKind
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=40), AS_NAME]
    phone: Annotated[str, StringConstraints(max_length=40), AS_NAME] | None = None
    address: Address | None = None


class MaterialIn(Body):
    """A material that is handed in: `no` in the item's list, from 1."""

    no: No
    form: MaterialForm
    file_id: UUID | None = None


Materials = Annotated[list[MaterialIn], Field(max_length=100)]


class AgentIn(Body):
    """The staff member who acts for the applicant."""

    staff_id: Code
    mandate_file_id: UUID | None = None


FormAnswer = Annotated[str, StringConstraints(max_length=500), AS_TEXT] | StrictInt | bool | None
Form = Annotated[dict[Annotated[str, StringConstraints(max_length=60), AS_NAME], FormAnswer], Field(max_length=60)]


class Registration(Body):
    """`POST /cases`."""

    item_code: ItemCode
    org: OrgCode
    channel: Channel
    applicant: ApplicantIn
    materials: Materials = Field(default_factory=list)
    form: Form = Field(default_factory=dict)
    agent: AgentIn | None = None
    received_on: Day | None = None
    client_ref: Annotated[str, StringConstraints(min_length=1, max_length=64), AS_NAME] | None = None


class RequestedMaterialIn(Body):
    """A material that the notice asks for."""

    no: No
    reason: Text


class NoticeIn(Body):
    """`POST /cases/{case_id}/supplement-notice`."""

    missing: Annotated[list[RequestedMaterialIn], Field(min_length=1, max_length=100)]
    noticed_on: Day | None = None
    override_reason: Text | None = None


class MaterialsIn(Body):
    """`POST /cases/{case_id}/materials`."""

    materials: Annotated[list[MaterialIn], Field(min_length=1, max_length=100)]
    received_on: Day | None = None


class CaseAcceptanceIn(Body):
    """`POST /cases/{case_id}/accept`."""

    accepted_on: Day | None = None


class RefusalIn(Body):
    """`POST /cases/{case_id}/refuse`."""

    reason_code: Code
    reason: Text
    legal_basis: Text
    redirect_to: Short | None = None
    remedies: Text | None = None

    @model_validator(mode="after")
    def _names_the_organ(self) -> "RefusalIn":
        """An organ without competence names the organ to go to (行政许可法 art. 32(2))."""
        if self.reason_code == "not_competent" and self.redirect_to is None:
            raise ValueError("不属于本机关职权的，须在 redirect_to 中告知应向哪个机关申请")
        return self


class WithdrawalIn(Body):
    """`POST /cases/{case_id}/withdraw`."""

    reason: Text


class ItemIn(Content):
    """`PUT /catalog/items/{code}`: a draft. The answer of a GET may be sent back: its read-only fields are ignored."""

    org: Any = Field(default=None, exclude=True)
    version: Any = Field(default=None, exclude=True)
    status: Any = Field(default=None, exclude=True)
    changed_at: Any = Field(default=None, exclude=True)

    def content(self) -> Content:
        """Return the content without the read-only fields."""
        return Content.model_validate(self.model_dump())


class CatalogIn(Body):
    """`POST /catalog/import` in JSON."""

    items: Annotated[list[Content], Field(min_length=1, max_length=5000, description="事项，每个编码一次")]
