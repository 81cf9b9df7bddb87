"""At the edge between a person and a case: check, mask, seal. Behind it nobody has the person's data in hand."""

import json
from datetime import date
from uuid import UUID

from pydantic_core import to_json

from bianmin.domain import codes
from bianmin.kit.crypto import Sealer, same
from bianmin.kit.refusals import FieldError, Invalid
from services.intake.api.bodies import Registration
from services.intake.api.views import ApplicantView
from services.intake.domain.case import Applicant, Case
from services.intake.store.views import Vault


class ApplicantWrong(Invalid):
    slug, title = "applicant-wrong", "申请人信息有误"


def seal(sealer: Sealer, case_id: UUID, body: Registration, today: date) -> Applicant:
    """The applicant of a registration, checked, masked and sealed. Raises `ApplicantWrong` without a value."""
    given = body.applicant
    errors: list[FieldError] = []
    number = _number(given.id_type, given.id_number, today, errors)
    phone = given.phone
    if phone is not None:
        try:
            phone = codes.phone(phone)
        except codes.BadCode as error:
            errors.append(FieldError("/applicant/phone", error.code, str(error)))
    if (given.id_type == "credit_code") != (given.kind == "organization"):
        errors.append(FieldError("/applicant/id_type", "kind_mismatch", "单位用统一社会信用代码，个人用个人证件"))
    if errors:
        raise ApplicantWrong("申请人信息有误，请按 errors 更正后重新提交。", errors=errors)
    form = {
        "name": given.name,
        "id_type": given.id_type,
        "id_number": number,
        "phone": phone,
        "address": given.address,
        "form": body.form,
    }
    masked = {
        "kind": given.kind,
        "name": codes.mask_name(given.name),
        "id_type": given.id_type,
        "id_number": codes.mask_number(number),
        "phone": codes.mask_phone(phone) if phone else None,
    }
    return Applicant(
        masked=masked,
        sealed=sealer.seal(to_json(form), _aad(case_id)),
        tail=tail_digest(sealer, case_id, number[-4:]),
        kind=given.kind,
    )


def _number(id_type: codes.DocumentKind, number: str, today: date, errors: list[FieldError]) -> str:
    try:
        return codes.document_number(id_type, number, today)
    except codes.BadCode as error:
        errors.append(FieldError("/applicant/id_number", error.code, str(error)))
        return ""


def unseal(sealer: Sealer, case: Case, vault: Vault) -> ApplicantView:
    return ApplicantView(kind=case.applicant["kind"] or "", **json.loads(sealer.open(vault.sealed, _aad(case.id))))


def tail_digest(sealer: Sealer, case_id: UUID, tail: str) -> bytes:
    return sealer.digest("applicant.tail", str(case_id), tail.upper())


def is_tail(sealer: Sealer, found: tuple[Case, Vault] | None, tail: str) -> bool:
    """Whether the last four match; as long a computation for a number that does not exist."""
    case_id, expected = (found[0].id, found[1].tail) if found else (UUID(int=0), b"")
    return same(tail_digest(sealer, case_id, tail), expected)


def _aad(case_id: UUID) -> str:
    return f"applicant|sealed|{case_id}"
