"""At the edge: what people wrote is sealed before it goes in, and opened only for who handles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bianmin.kit.crypto import Sealer
from services.complaints.domain.complaint import PaperKind

Name = Literal["text", "complainant"] | PaperKind
_FOLLOW = "complaint.follow"


@dataclass(frozen=True, slots=True)
class Seals:
    """The papers of one complaint: each is bound to its row and column."""

    sealer: Sealer
    complaint_id: UUID

    def seal(self, paper: Name, text: str) -> bytes:
        return self.sealer.seal(text.encode(), self._bound(paper))

    def open(self, paper: Name, sealed: bytes) -> str:
        return self.sealer.open(sealed, self._bound(paper)).decode()

    def follow(self, code: str) -> bytes:
        """What is kept of a follow code."""
        return self.sealer.digest(_FOLLOW, normal(code))

    @staticmethod
    def digests(sealer: Sealer, code: str) -> Sequence[bytes]:
        """What may be kept of it, under each key: the look-up is by index, so its time tells nothing."""
        return sealer.digests(_FOLLOW, normal(code))

    def _bound(self, paper: Name) -> str:
        return f"complaint|{paper}|{self.complaint_id}"


def normal(code: str) -> str:
    """A code as it was given: spaces, hyphens and small letters do no harm."""
    return "".join(sign for sign in code.upper() if sign.isalnum())
