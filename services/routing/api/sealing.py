"""Texts of people are encrypted before they enter the service, and decrypted for those who may read them.

The id to which a text belongs is part of the encryption: a text that was moved to another id cannot be decrypted.
Views decrypt in their fields (`OpenedReason` …); the `SealedTexts` are the context of their validation.
"""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ValidationInfo
from pydantic_core import from_json, to_json

from bianmin.domain.masking import mask_name
from bianmin.kit.crypto import Sealer


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """What a view needs to decrypt its texts. `case_id` is needed for texts that belong to the case itself."""

    sealer: Sealer
    case_id: UUID | None = None


def seal_note(sealer: Sealer, task_id: UUID, text: str) -> bytes:
    """Encrypt the note of a task."""
    return sealer.seal(text.encode(), _note_of(task_id))


def seal_result(sealer: Sealer, task_id: UUID, result: BaseModel) -> bytes:
    """Encrypt what was granted."""
    return sealer.seal(to_json(result), _result_of(task_id))


def seal_booking(sealer: Sealer, booking_id: UUID, text: str) -> bytes:
    """Encrypt the name or phone of a booking."""
    return sealer.seal(text.encode(), f"booking|text|{booking_id}")


def seal_signer(sealer: Sealer, case_id: UUID, name: str) -> bytes:
    """Encrypt the name of the person who signed for the result of a case."""
    return sealer.seal(name.encode(), _signer_of(case_id))


def seal_reply(sealer: Sealer, case_id: UUID, text: str) -> bytes:
    """Encrypt what the applicant was told."""
    return sealer.seal(text.encode(), _reply_of(case_id))


def seal_mediators(sealer: Sealer, mediation_id: UUID, names: list[str]) -> bytes:
    """Encrypt the names of the people who mediated."""
    return sealer.seal("\n".join(names).encode(), _mediators_of(mediation_id))


def seal_reason(sealer: Sealer, id: UUID, text: str) -> bytes:
    """Encrypt the reason of a special procedure, an extension, its answer, or a reopening. `id` is its own, or the
    case's for a reopening."""
    return sealer.seal(text.encode(), _reason_of(id))


def _open_note(sealed: bytes | None, info: ValidationInfo) -> str | None:
    return None if sealed is None else _texts(info).sealer.open(sealed, _note_of(info.data["id"])).decode()


def _open_result(sealed: bytes | None, info: ValidationInfo) -> Any:
    return None if sealed is None else from_json(_texts(info).sealer.open(sealed, _result_of(info.data["id"])))


def _open_reason(sealed: bytes | None, info: ValidationInfo) -> str | None:
    return None if sealed is None else _texts(info).sealer.open(sealed, _reason_of(info.data["id"])).decode()


def _open_case_reason(sealed: bytes, info: ValidationInfo) -> str:
    texts = _texts(info)
    assert texts.case_id is not None
    return texts.sealer.open(sealed, _reason_of(texts.case_id)).decode()


def _open_mediators(sealed: bytes, info: ValidationInfo) -> list[str]:
    return _texts(info).sealer.open(sealed, _mediators_of(info.data["id"])).decode().split("\n")


def _open_reply(sealed: bytes, info: ValidationInfo) -> str:
    texts = _texts(info)
    assert texts.case_id is not None
    return texts.sealer.open(sealed, _reply_of(texts.case_id)).decode()


def _mask_signer(sealed: bytes, info: ValidationInfo) -> str:
    texts = _texts(info)
    assert texts.case_id is not None
    return mask_name(texts.sealer.open(sealed, _signer_of(texts.case_id)).decode())


OpenedNote = Annotated[str | None, BeforeValidator(_open_note)]
OPENED_RESULT = BeforeValidator(_open_result)
OpenedReason = Annotated[str, BeforeValidator(_open_reason)]
OpenedAnswer = Annotated[str | None, BeforeValidator(_open_reason)]
OpenedCaseReason = Annotated[str, BeforeValidator(_open_case_reason)]
OpenedMediators = Annotated[list[str], BeforeValidator(_open_mediators)]
OpenedReply = Annotated[str, BeforeValidator(_open_reply)]
MaskedSigner = Annotated[str | None, BeforeValidator(_mask_signer)]
"""张*三."""


def _texts(info: ValidationInfo) -> SealedTexts:
    assert isinstance(info.context, SealedTexts)
    return info.context


def _note_of(task_id: UUID) -> str:
    return f"task|note|{task_id}"


def _reply_of(case_id: UUID) -> str:
    return f"route|reply|{case_id}"


def _mediators_of(mediation_id: UUID) -> str:
    return f"mediation|mediators|{mediation_id}"


def _result_of(task_id: UUID) -> str:
    return f"task|result|{task_id}"


def _signer_of(case_id: UUID) -> str:
    return f"route|signed_by|{case_id}"


def _reason_of(id: UUID) -> str:
    return f"route|reason|{id}"
