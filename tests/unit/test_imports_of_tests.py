"""What tests share stands in modules of its own: no module imports a test module."""

import ast
from collections.abc import Iterator

from tests.source import Module, modules_in


def test_no_module_imports_a_test_module() -> None:
    found = [
        f"{module.path} imports {name}"
        for module in modules_in("tests", "bench", "command", "services", "bianmin")
        for name in _imported(module)
        if any(part.startswith("test_") for part in name.split("."))
    ]
    assert found == []


def _imported(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
