"""A Python client, generated from the OpenAPI document, passes mypy and plays the flow of the demo."""

import shutil
from pathlib import Path

from tests.clients.environment import bianmin_up, run, write_document

SOURCES = Path(__file__).with_name("python")


def test_g37_a_generated_python_client_lacks_nothing_passes_mypy_and_plays_the_flow_of_the_demo(
    tools: Path, tmp_path: Path
) -> None:
    programs = tools / "python" / "bin"
    document = write_document(tmp_path)
    generate: list[str | Path] = [programs / "openapi-python-client", "generate", "--path", document, "--meta", "none"]
    # a warning says that an operation or a part of one was left out
    generate += ["--config", SOURCES / "generator.yaml", "--fail-on-warning"]
    run([*generate, "--output-path", "bianmin_client"], tmp_path)
    shutil.copy(SOURCES / "flow.py", tmp_path)
    run([programs / "mypy", "--strict", "bianmin_client", "flow.py"], tmp_path)
    with bianmin_up(tmp_path / "data") as county:
        assert run([programs / "python", "flow.py", county.described(tmp_path)], tmp_path).splitlines()[-1] == "played"
