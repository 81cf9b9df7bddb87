"""The generated pages about the API are up to date, and complete."""

from command.api_pages import OF_THE_GATEWAY, pages
from tests.source import ROOT


def test_g38_the_pages_about_the_api_are_what_the_program_says() -> None:
    for name, text in pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, "run `python -m command.api_pages write`"


def test_every_operation_and_every_problem_has_a_meaning_in_english() -> None:
    rows = [line for text in pages().values() for line in text.splitlines() if line.startswith("| `")]
    assert [row for row in rows if not row.split("|")[-2].strip().isascii() or row.endswith("|  |")] == []
    assert len(rows) > 150


def test_the_list_of_problems_has_those_of_the_gateway() -> None:
    conf = (ROOT / "deploy/gateway/default.conf").read_text(encoding="utf-8")
    assert [slug for slug, status, _, _ in OF_THE_GATEWAY if f"return {status} " not in conf or slug not in conf] == []
    listed = pages()["problems.md"]
    slugs = [part.partition('"')[0] for part in conf.split("urn:bianmin:problem:")[1:]]
    assert [slug for slug in slugs if f"`{slug}`" not in listed] == []
