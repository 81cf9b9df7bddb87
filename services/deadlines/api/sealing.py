"""Encryption of what people write about cards: the grounds of appeals and of the decisions on them."""

from typing import Literal
from uuid import UUID

from bianmin.kit.crypto import Sealer

SealedPart = Literal["appeal", "settlement"]


def seal(sealer: Sealer, card_id: UUID, part: SealedPart, text: str) -> bytes:
    """Return the text, encrypted for this part of this card."""
    return sealer.seal(text.encode(), _purpose(card_id, part))


def unseal(sealer: Sealer, card_id: UUID, part: SealedPart, sealed: bytes | None) -> str | None:
    """Return the text that was encrypted for this part of this card; None for None."""
    return None if sealed is None else sealer.open(sealed, _purpose(card_id, part)).decode()


def _purpose(card_id: UUID, part: SealedPart) -> str:
    return f"card|{part}|{card_id}"
