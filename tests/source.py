"""The source of the product as syntax trees, for tests of its names and docstrings."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file: its path from the root, as `bianmin/kit/batch.py`, and its syntax tree."""

    path: str
    tree: ast.Module


@cache
def modules_in(*folders: str) -> Sequence[Module]:
    """All modules below these folders of the root, by path; migrations are left out, for they never change."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [
        Module(file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8")))
        for file in files
        if "versions" not in file.parts
    ]


def is_public(name: str) -> bool:
    """Whether a name is for other modules."""
    return not name.startswith("_")


def public_classes(module: Module) -> Iterator[ast.ClassDef]:
    """The public classes at the top of a module."""
    return (node for node in module.tree.body if isinstance(node, ast.ClassDef) and is_public(node.name))


def defined_names(module: Module) -> set[str]:
    """Every name that a module defines or imports: at its top, in its classes (as `Class.name` and as `name`)."""
    names: set[str] = set()
    for node in module.tree.body:
        names |= _names_of(node)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                names |= {text for name in _names_of(inner) for text in (name, f"{node.name}.{name}")}
    return names


def _names_of(node: ast.stmt) -> set[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case ast.If() | ast.Try():
            return {
                name for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt) for name in _names_of(inner)
            }
        case _:
            return set()
