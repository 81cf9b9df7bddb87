"""Documents that regions publish as a whole (a year of a calendar, opening hours, policies), and, for the country, one
with all calendar years that the program ships."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bianmin.kit.db import Tx, rows
from bianmin.kit.time_source import TZ

Kind = Literal["calendar", "hours", "policies", "shipped"]

_PUT = """
WITH put AS (
    INSERT INTO document (kind, name, version, content, published_at, published_by)
    VALUES ($1, $2, 1, $3::jsonb, $4, $5)
    ON CONFLICT (kind, name) DO UPDATE SET version = document.version + 1, content = excluded.content,
        published_at = excluded.published_at, published_by = excluded.published_by
    RETURNING *
)
INSERT INTO document_history (kind, name, version, content, published_at, published_by)
SELECT kind, name, version, content, published_at, published_by FROM put RETURNING version
"""
_PUBLISHED = """
SELECT name, version, content::text FROM document WHERE kind = $1 AND content IS NOT NULL ORDER BY name
"""
_OWN = "SELECT name, version, content::text FROM document WHERE kind = $1 AND name = $2 AND content IS NOT NULL"
# `name` of a calendar begins with the region
_HISTORY_OF_REGIONS = """
SELECT kind, name, version, content::text FROM document_history
WHERE kind = ANY($1::text[]) AND split_part(name, '/', 1) = ANY($2::text[]) ORDER BY published_at, version
"""
_HISTORY_OF_NAME = """
SELECT name, version, content::text, published_at, published_by FROM document_history
WHERE kind = $1 AND name = $2 ORDER BY version DESC
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A document. `name`: the region; of a calendar with the year (`52/2026`). `version` counts its publications.

    `content`: parsed JSON, None where the document was withdrawn.
    """

    name: str
    version: int
    content: Any


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One publication of a document. `published_at` is in the county's zone, `published_by` the id of a person."""

    document: Document
    published_at: datetime
    published_by: str


async def published(tx: Tx, kind: Kind) -> list[Document]:
    """Return the documents of a kind that are in force, by name."""
    return [_document(*row) for row in await rows(tx, _PUBLISHED, kind)]


async def own(tx: Tx, kind: Kind, name: str) -> Document | None:
    """Return the document in force; None where nothing was published, or it was withdrawn."""
    return next((_document(*row) for row in await rows(tx, _OWN, kind, name)), None)


async def put(tx: Tx, kind: Kind, name: str, content: Any | None, by: str, now: datetime) -> int:
    """Publish a document in place of the one before and return its version. `content` None withdraws it."""
    text = None if content is None else json.dumps(content, ensure_ascii=False)
    [(version,)] = await rows(tx, _PUT, kind, name, text, now, by)
    return int(version)


async def history(tx: Tx, kind: Kind, name: str) -> list[DocumentVersion]:
    """Return every publication of a document, the newest first."""
    return [
        DocumentVersion(_document(name, version, content), at.astimezone(TZ), by)
        for name, version, content, at, by in await rows(tx, _HISTORY_OF_NAME, kind, name)
    ]


async def history_of_regions(tx: Tx, kinds: Sequence[Kind], regions: Sequence[str]) -> list[tuple[Kind, Document]]:
    """Return every publication of these kinds by these regions, the oldest first."""
    found = await rows(tx, _HISTORY_OF_REGIONS, list(kinds), list(regions))
    return [(kind, _document(name, version, content)) for kind, name, version, content in found]


def _document(name: str, version: int, content: str | None) -> Document:
    return Document(name, version, None if content is None else json.loads(content))
