"""Policies in stored documents: JSON members are the attributes that a policy sets."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.deadlines.domain.terms.policy import Policy
from services.deadlines.store.documents import Document

_CODEC = TypeAdapter(Policy)
_NOT_STORED = {"region", "version", "number"}  # they follow from the document


def content_of(policies: Sequence[Policy]) -> list[dict[str, Any]]:
    """Return a region's policies as the content of a document."""
    return [row_of(policy) for policy in policies]


def policies_of(document: Document) -> list[Policy]:
    """Return the policies of a document, in their order. Raises pydantic's `ValidationError` (a `ValueError`)."""
    return [_policy_of(document, number, stored) for number, stored in enumerate(document.content, 1)]


def row_of(policy: Policy) -> dict[str, Any]:
    """Return the attributes that a policy sets, without those that are None."""
    row: dict[str, Any] = _CODEC.dump_python(policy, mode="json", exclude=_NOT_STORED, exclude_none=True)
    return row


def _policy_of(document: Document, number: int, stored: Mapping[str, Any]) -> Policy:
    return _CODEC.validate_python({**stored, "region": document.name, "version": document.version, "number": number})
