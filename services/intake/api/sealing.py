"""Check, mask and encrypt the applicant: no later code has personal data in hand."""

import json
from datetime import date
from uuid import UUID

from pydantic_core import to_json

from bianmin.domain import identifiers, masking
from bianmin.kit.crypto import Sealer, equal_secrets
from bianmin.kit.refusals import FieldError, Invalid
from services.intake.api.bodies import Registration
from services.intake.api.views.applicant import ApplicantView
from services.intake.domain.case import Case
from services.intake.domain.case_parts import MaskedApplicant
from services.intake.domain.registration import Applicant
from services.intake.store.queries.cases import StoredTail

_TAIL = "applicant.tail"
_NO_TAIL = StoredTail(UUID(int=0), bytes(32))


class ApplicantWrong(Invalid):
    """A number of the applicant is malformed."""

    slug, title = "applicant-wrong", "申请人信息有误"


def seal_applicant(sealer: Sealer, case_id: UUID, body: Registration, today: date) -> Applicant:
    """Return the applicant of a registration: masked, and the whole form encrypted for this case.

    Raises `ApplicantWrong`, which never repeats a value.
    """
    given = body.applicant
    errors: list[FieldError] = []
    number = _checked_number(given.id_type, given.id_number, today, errors)
    phone = given.phone
    if phone is not None:
        try:
            phone = identifiers.phone(phone)
        except identifiers.BadCode as error:
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
    masked = MaskedApplicant(
        kind=given.kind,
        name=masking.mask_name(given.name),
        id_type=given.id_type,
        id_number=masking.mask_number(number),
        phone=masking.mask_phone(phone) if phone else None,
    )
    return Applicant(
        case_id=case_id,
        masked=masked,
        sealed=sealer.seal(to_json(form), _place(case_id)),
        tail=sealer.digest(_TAIL, str(case_id), number[-4:].upper()),
    )


def _checked_number(id_type: identifiers.DocumentKind, number: str, today: date, errors: list[FieldError]) -> str:
    """Return the normalised number of the document; a malformed number adds an error to `errors`."""
    try:
        return identifiers.document_number(id_type, number, today)
    except identifiers.BadCode as error:
        errors.append(FieldError("/applicant/id_number", error.code, str(error)))
        return ""


def open_applicant(sealer: Sealer, case: Case, sealed: bytes) -> ApplicantView:
    """Return the unmasked form of a case's applicant. Raises `Unsealable` when the stored bytes do not belong there."""
    form = json.loads(sealer.open(sealed, _place(case.id)))
    return ApplicantView(kind=case.applicant.kind, **form)


def seal_filing_text(sealer: Sealer, filing_id: UUID, text: str) -> bytes:
    """Encrypt a text of a filing."""
    return sealer.seal(text.encode(), _filing(filing_id))


def open_filing_text(sealer: Sealer, filing_id: UUID, sealed: bytes) -> str:
    """Decrypt a text of a filing. Raises `Unsealable` when the stored bytes do not belong there."""
    return sealer.open(sealed, _filing(filing_id)).decode()


def tail_matches(sealer: Sealer, stored: StoredTail | None, tail: str) -> bool:
    """Whether `tail` is the last four signs of the id. It does the same work for a case that does not exist."""
    stored = stored or _NO_TAIL
    digests = sealer.digests(_TAIL, str(stored.case_id), tail.upper())
    return sum(equal_secrets(digest, stored.digest) for digest in digests) > 0


def _filing(filing_id: UUID) -> str:
    return f"refusal_filing|text|{filing_id}"


def _place(case_id: UUID) -> str:
    """Where the encrypted form belongs: it opens nowhere else."""
    return f"applicant|sealed|{case_id}"
