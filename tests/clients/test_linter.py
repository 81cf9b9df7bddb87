"""A linter finds nothing in the OpenAPI document."""

from pathlib import Path

from tests.clients.environment import run, write_document

RULES = Path(__file__).with_name("typescript") / "redocly.yaml"


def test_g37_a_linter_finds_nothing_in_the_openapi_document(node: Path) -> None:
    document = write_document(node)
    # its telemetry and its look for a newer version need the internet
    options = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    run(["node_modules/.bin/redocly", "lint", "--config", RULES, document], node, variables=options)
