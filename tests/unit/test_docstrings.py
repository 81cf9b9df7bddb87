"""Every public function and class says what it does, and which exceptions it raises."""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from tests.source import Module, is_public, modules_in, public_classes

SERVICES = ("intake", "routing", "deadlines", "complaints", "reporting")
DOCUMENTED = ("bianmin", *(f"services/{service}/{part}" for service in SERVICES for part in ("domain", "store")))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_every_public_function_and_class_has_a_docstring() -> None:
    """A method that a Protocol of ours documents is documented there."""
    missing = [
        f"{module.path}:{node.lineno} {name}"
        for module in modules_in(*DOCUMENTED)
        for name, node in _public_definitions(module)
        if ast.get_docstring(node) is None and name.rpartition(".")[2] not in _methods_of_protocols()
    ]
    assert missing == [], f"{len(missing)} without a docstring"


def test_every_public_function_that_raises_names_the_exception() -> None:
    """Or a base of the exception: `Raises Conflict` covers all that derive from `Conflict`."""
    silent = [
        f"{module.path}:{node.lineno} {name} raises {raised}"
        for module in modules_in(*DOCUMENTED)
        for name, node in _public_definitions(module)
        if isinstance(node, Function)
        for raised in _raised(node.body)
        if not _names(ast.get_docstring(node) or "", raised)
    ]
    assert silent == [], f"{len(silent)} raise without saying so"


def _public_definitions(module: Module) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in module.tree.body:
        if isinstance(node, Function) and is_public(node.name):
            yield node.name, node
    for cls in public_classes(module):
        yield cls.name, cls
        if _is_part_of_another_library(cls):
            continue
        for node in cls.body:
            if isinstance(node, Function) and is_public(node.name) and not _is_overload(node):
                yield f"{cls.name}.{node.name}", node


def _is_part_of_another_library(cls: ast.ClassDef) -> bool:
    """Whether a Protocol types "the part of" a foreign class that is used: its methods are documented there."""
    return "Protocol" in _bases(cls) and (ast.get_docstring(cls) or "").startswith("The part of ")


def _is_overload(node: Function) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list)


@cache
def _methods_of_protocols() -> frozenset[str]:
    """Names of methods with a docstring in a Protocol."""
    return frozenset(
        node.name
        for module in modules_in("bianmin", "services")
        for cls in public_classes(module)
        if "Protocol" in _bases(cls)
        for node in cls.body
        if isinstance(node, Function) and ast.get_docstring(node)
    )


def _raised(body: Sequence[ast.stmt]) -> list[str]:
    """Names of the exception classes of the `raise` statements; functions inside are not looked at.

    Left out: what the function catches itself, a bare `raise`, and assertions.
    """
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = _exception(node.exc)
            if name and "AssertionError" not in _with_bases(name):
                found.append(name)
        if isinstance(node, ast.Try):
            caught = {name for handler in node.handlers for name in _caught(handler)}
            found += [name for name in _raised(node.body) if not caught & _with_bases(name)]
            parts: list[Sequence[ast.stmt]] = [
                *(handler.body for handler in node.handlers),
                node.orelse,
                node.finalbody,
            ]
        else:
            parts = [block for _, block in ast.iter_fields(node) if isinstance(block, list)]
            parts = [[inner for inner in part if isinstance(inner, ast.stmt)] for part in parts]
            if isinstance(node, ast.Match):
                parts = [case.body for case in node.cases]
        for part in parts:
            found += _raised(part)
    return list(dict.fromkeys(found))


def _caught(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return ["Exception"]
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [name for each in types if (name := _last_name(each))]


def _exception(node: ast.expr) -> str | None:
    """The class that `raise …` makes; None for a variable. Of a function, the class that it says it returns."""
    if not isinstance(node, ast.Call):
        name = _last_name(node)
        return name if name and (name in _class_bases() or hasattr(builtins, name)) else None
    name = _last_name(node.func)
    return _exceptions_made_by_functions().get(name, name) if name else None


@cache
def _exceptions_made_by_functions() -> Mapping[str, str]:
    return {
        node.name: returned
        for module in modules_in("bianmin", "services")
        for node in ast.walk(module.tree)
        if isinstance(node, Function) and node.returns and (returned := _last_name(node.returns))
    }


@cache
def _class_bases() -> Mapping[str, Sequence[str]]:
    return {
        node.name: _bases(node)
        for module in modules_in("bianmin", "services")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }


def _bases(node: ast.ClassDef) -> list[str]:
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return [name for base in bases if (name := _last_name(base))]


def _with_bases(name: str) -> set[str]:
    """An exception and everything that it derives from."""
    if name in _class_bases():
        return {name}.union(*(_with_bases(base) for base in _class_bases()[name]))
    known = getattr(builtins, name, None)
    return {base.__name__ for base in known.__mro__} if isinstance(known, type) else {name}


def _names(docstring: str, exception: str) -> bool:
    words = set(
        docstring.replace("`", " ").replace(".", " ").replace(",", " ").replace(":", " ").replace(";", " ").split()
    )
    return bool(words & (_with_bases(exception) - {"Exception", "BaseException", "object"}))


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None
