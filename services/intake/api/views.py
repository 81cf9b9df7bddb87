"""What intake shows."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import CaseStatus, Channel, Lamp, Mode, ProcedureKind
from bianmin.kit.bodies import View
from bianmin.kit.time_source import TZ
from services.intake.domain.case import Case
from services.intake.domain.content import Content
from services.intake.domain.item import Item


class MissingView(View):
    no: int
    name: str


class MaterialView(View):
    no: int
    name: str
    required: bool
    source: str
    brought: str | None


class ReceiptView(View):
    """The voucher of what was handed in (行政许可法 art. 32: written and dated)."""

    case_no: str
    org: str
    item: str
    received_on: date
    issued_at: datetime
    materials: list[MaterialView]


class RegisteredView(View):
    id: UUID
    case_no: str
    status: CaseStatus
    missing: list[MissingView]
    receipt: ReceiptView
    clocks: list[dict[str, Any]]

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(
            id=case.id,
            case_no=case.case_no,
            status=case.status,
            missing=_missing(case),
            receipt=ReceiptView(
                case_no=case.case_no,
                org=case.org,
                item=case.item.name,
                received_on=case.received_on,
                issued_at=case.registered_at,
                materials=[one for one in _materials(case) if one.brought is not None],
            ),
            clocks=list(case.clocks),
        )


class ItemRef(View):
    org: str
    code: str
    version: int
    name: str


class AskedView(View):
    no: int
    name: str
    reason: str


class NoticeView(View):
    """`wait_until`: the last day on which what is asked for may be brought."""

    noticed_on: date
    missing: list[AskedView]
    override_reason: str | None
    wait_until: date | None


class ProcedureView(View):
    """A special procedure (行政许可法 art. 45): its days do not count. `expected_days` are working days."""

    id: str
    kind: ProcedureKind
    name: str
    expected_days: int
    started_on: date
    ended_on: date | None


class RefusalView(View):
    reason_code: str
    reason: str
    legal_basis: str
    remedies: str
    redirect_to: str | None
    refused_on: date


class CaseHead(View):
    """What a list and a single view share."""

    id: UUID
    case_no: str
    status: CaseStatus
    mode: Mode
    item: ItemRef
    org: str
    accepting_org: str
    dept: str
    channel: Channel
    applicant_name: str
    client_ref: str | None
    received_on: date
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    closed_on: date | None
    lamp: Lamp | None
    clocks: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    cycle: int
    registered_at: datetime


class CaseSummary(CaseHead):
    """A case in a list."""

    updated_at: datetime

    @classmethod
    def of(cls, case: Case, changed_at: datetime) -> Self:
        return cls(**_summary(case), updated_at=changed_at.astimezone(TZ))


class CaseView(CaseHead):
    """A case as staff see it: the applicant masked."""

    applicant: dict[str, str | None]
    materials: list[MaterialView]
    missing: list[MissingView]
    notice: NoticeView | None
    notice_due_on: date | None
    lapsed: bool
    refusal: RefusalView | None
    procedures: list[ProcedureView]
    agent_id: str | None
    withdrawal_pending: bool
    withdrawal_reason: str | None

    @classmethod
    def of(cls, case: Case) -> Self:
        notice, refusal = case.notice, case.refusal
        return cls(
            **_summary(case),
            applicant=dict(case.applicant),
            materials=_materials(case),
            missing=_missing(case),
            notice=notice
            and NoticeView(
                noticed_on=notice.noticed_on,
                missing=[
                    AskedView(no=one.no, name=case.materials[one.no - 1].name, reason=one.reason)
                    for one in notice.missing
                ],
                override_reason=notice.override_reason,
                wait_until=notice.wait_until,
            ),
            notice_due_on=case.notice_due_on,
            lapsed=case.lapsed,
            refusal=refusal
            and RefusalView(
                reason_code=refusal.reason_code,
                reason=refusal.reason,
                legal_basis=refusal.legal_basis,
                remedies=refusal.remedies,
                redirect_to=refusal.redirect_to,
                refused_on=refusal.refused_on,
            ),
            procedures=_procedures(case),
            agent_id=case.agent_id,
            withdrawal_pending=case.withdrawal_pending,
            withdrawal_reason=case.withdrawal_reason,
        )


def _summary(case: Case) -> dict[str, Any]:
    item = case.item
    return {
        "id": case.id,
        "case_no": case.case_no,
        "status": case.status,
        "mode": item.mode,
        "item": ItemRef(org=item.org, code=item.code, version=item.version, name=item.name),
        "org": case.org,
        "accepting_org": case.accepting_org,
        "dept": item.category,
        "channel": case.channel,
        "applicant_name": case.display_name,
        "client_ref": case.client_ref,
        "received_on": case.received_on,
        "accepted_on": case.accepted_on,
        "deemed": case.deemed,
        "decided_on": case.decided_on,
        "closed_on": case.closed_on,
        "lamp": case.lamp,
        "clocks": list(case.clocks),
        "cards": list(case.cards),
        "cycle": case.cycle,
        "registered_at": case.registered_at.astimezone(TZ),
    }


def _materials(case: Case) -> list[MaterialView]:
    forms = {one.no: one.form for one in case.brought}
    return [
        MaterialView(
            no=no, name=material.name, required=material.required, source=material.source, brought=forms.get(no)
        )
        for no, material in enumerate(case.materials, 1)
    ]


def _procedures(case: Case) -> list[ProcedureView]:
    return [ProcedureView(**asdict(one), name=PROCEDURES[one.kind]) for one in case.procedures]


def _missing(case: Case) -> list[MissingView]:
    return [MissingView(no=no, name=case.materials[no - 1].name) for no in case.missing]


class EntryView(View):
    """One step of a case's story."""

    at: datetime
    type: str
    actor: str
    org: str
    text: str
    data: dict[str, Any]


class TimelineView(View):
    items: list[EntryView]


class ProgressView(View):
    """What anybody with the number and the last four of the id may see."""

    case_no: str
    item: str
    status: CaseStatus
    status_text: str
    org: str
    received_on: date
    accepted_on: date | None
    decided_on: date | None
    closed_on: date | None
    deemed: bool
    missing: list[MissingView]
    supplement_until: date | None
    lamp: Lamp | None
    clocks: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    procedures: list[ProcedureView]
    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, case: Case, status_text: str, steps: list[dict[str, Any]]) -> Self:
        return cls(
            case_no=case.case_no,
            item=case.item.name,
            status=case.status,
            status_text=status_text,
            org=case.org,
            received_on=case.received_on,
            accepted_on=case.accepted_on,
            decided_on=case.decided_on,
            closed_on=case.closed_on,
            deemed=case.deemed,
            missing=_missing(case),
            supplement_until=case.waits_until,
            lamp=case.lamp,
            clocks=list(case.clocks),
            cards=list(case.cards),
            procedures=_procedures(case),
            steps=steps,
        )


class ApplicantView(View):
    """The unmasked form; each look is on record."""

    kind: str
    name: str
    id_type: str
    id_number: str
    phone: str | None
    address: str | None
    form: dict[str, Any]


class ItemView(Content):
    """A version of an item: the guide (办事指南)."""

    org: str
    version: int
    status: Literal["draft", "published", "retired"]
    changed_at: datetime | None = None

    @classmethod
    def of(cls, item: Item) -> Self:
        assert item.published is not None
        return cls.at(item.org, item.published.number, "published", item.published.content)

    @classmethod
    def drafted(cls, item: Item) -> Self:
        assert item.draft is not None
        return cls.at(item.org, item.draft.number, "draft", item.draft.content)

    @classmethod
    def retired(cls, item: Item) -> Self:
        assert item.last_published is not None
        return cls.at(item.org, item.last_published.number, "retired", item.last_published.content)

    @classmethod
    def at(cls, org: str, number: int, status: Any, content: Content, changed_at: datetime | None = None) -> Self:
        return cls.model_validate(
            {**content.model_dump(), "org": org, "version": number, "status": status, "changed_at": changed_at}
        )


class VersionView(View):
    org: str
    code: str
    version: int
    status: str
    changed_at: datetime


class VersionsView(View):
    items: list[VersionView]


class ImportedItem(View):
    code: str
    version: int
    status: str


class ImportedView(View):
    """What an import did: every item of the file as it stands now."""

    imported: int
    items: list[ImportedItem]
