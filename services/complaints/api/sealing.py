"""What complaints encrypts before it is stored, and decrypts for who may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bianmin.kit.crypto import Sealer
from services.complaints.domain.complaint import PaperKind

Name = Literal["text", "complainant"] | PaperKind
_FOLLOW = "complaint.follow"


@dataclass(frozen=True, slots=True)
class ComplaintSealer:
    """Encrypts and decrypts the texts of one complaint; each is bound to its row and column."""

    sealer: Sealer
    complaint_id: UUID

    def seal(self, name: Name, text: str) -> bytes:
        """Return the text, encrypted."""
        return self.sealer.seal(text.encode(), self._binding(name))

    def open(self, name: Name, sealed: bytes) -> str:
        """Return the text that `seal` encrypted under the same name."""
        return self.sealer.open(sealed, self._binding(name)).decode()

    def _binding(self, name: Name) -> str:
        return f"complaint|{name}|{self.complaint_id}"


def follow_digest(sealer: Sealer, code: str) -> bytes:
    """Return the digest of a follow code that is stored in place of the code."""
    return sealer.digest(_FOLLOW, normalised(code))


def follow_digests(sealer: Sealer, code: str) -> Sequence[bytes]:
    """Return the digests of a follow code under each key; the look-up is by index, so its time tells nothing."""
    return sealer.digests(_FOLLOW, normalised(code))


def normalised(code: str) -> str:
    """Return a follow code without spaces and hyphens, in capitals, as it was issued."""
    return "".join(sign for sign in code.upper() if sign.isalnum())
