"""A public class has a name of its own."""

from collections import defaultdict

from tests.source import ROOT, modules_in, public_classes

GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")


def test_no_two_public_classes_have_one_name() -> None:
    """The exception: a row of the glossary names both, each as `path:Name`, and says why."""
    places = defaultdict(list)
    for module in modules_in("bianmin", "services"):
        for node in public_classes(module):
            places[node.name].append(module.path)
    shared = {
        name: paths
        for name, paths in sorted(places.items())
        if len(paths) > 1 and not all(f"`{path}:{name}`" in GLOSSARY for path in paths)
    }
    assert shared == {}
