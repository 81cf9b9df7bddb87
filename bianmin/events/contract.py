"""The generated files of the contract: JSON Schemas, the AsyncAPI document and docs/events.md."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bianmin.events import asyncapi, catalogue
from bianmin.events.compatibility import Incompatibility, incompatibilities
from bianmin.events.registry import LISTENS, Listens
from bianmin.events.schemas import Schema, documents

SCHEMAS = Path("contract/schemas")
ASYNCAPI = Path("contract/asyncapi.json")
CATALOGUE = Path("docs/events.md")


def files(listens: Listens = LISTENS) -> Mapping[Path, str]:
    """Return the text of each generated file by its path within the repository."""
    return {
        **{SCHEMAS / f"{name}.json": _json(schema) for name, schema in documents().items()},
        ASYNCAPI: _json(asyncapi.document(listens)),
        CATALOGUE: catalogue.text(listens),
    }


def stale(root: Path) -> list[Path]:
    """Return the paths of generated files that are missing, differ from the models, or belong to no model any more."""
    wanted = files()
    return [path for path, text in wanted.items() if _text(root / path) != text] + _orphans(root, wanted)


def incompatible(schemas: Path) -> list[Incompatibility]:
    """Return the incompatible changes of the models against the schemas in a directory."""
    return incompatibilities(_committed(schemas), documents())


def write(root: Path) -> None:
    """Write all generated files and delete the files of removed models. Does not check compatibility."""
    wanted = files()
    for path, text in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path in _orphans(root, wanted):
        (root / path).unlink()


def _committed(schemas: Path) -> dict[str, Schema]:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(schemas.glob("*.json"))}


def _orphans(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    there = [SCHEMAS / file.name for file in sorted((root / SCHEMAS).glob("*.json"))]
    return [path for path in there if path not in wanted]


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
