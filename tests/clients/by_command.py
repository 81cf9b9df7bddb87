"""`scripts/clients`: generates, compiles and runs clients in Java, Kotlin and Go; prints one line for each."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.brokers import noida_kafka
from tests.clients.environment import RunningCounty, bianmin_up, run, write_document
from tests.idle import published_events, wait_until_idle

SOURCES = Path(__file__).parent
BUILD_SECONDS = 1200
"""The first build downloads a compiler and libraries."""
MAVEN = ["mvn", "--quiet", "--batch-mode"]


@dataclass(frozen=True)
class Language:
    """A language to try: the programs it needs, what builds the client in a directory, and what runs it."""

    name: str
    needs: Sequence[str]
    build: Callable[[Path, Path], None]
    register_and_accept: Sequence[str]
    read_topics: Sequence[str] = ()


def _build_by_maven(directory: Path, document: Path) -> None:
    run([*MAVEN, "compile", f"-Ddocument={document}"], directory, seconds=BUILD_SECONDS)


def _build_go(directory: Path, document: Path) -> None:
    _build_by_maven(directory, document)
    # a module's name is that of the repository it is to be found in
    (directory / "client" / "go.mod").write_text("module cn.bianmin/client\n\ngo 1.24\n", encoding="utf-8")
    run(["go", "build", "./...", "cn.bianmin/client"], directory, seconds=BUILD_SECONDS)


LANGUAGES = [
    Language(
        "java",
        ["java", "mvn"],
        _build_by_maven,
        [*MAVEN, "exec:java", "-Dexec.mainClass=RegisterAndAccept"],
        [*MAVEN, "exec:java", "-Dexec.mainClass=ReadTopics"],
    ),
    Language("kotlin", ["java", "mvn"], _build_by_maven, [*MAVEN, "exec:java", "-Dexec.mainClass=RegisterAndAcceptKt"]),
    Language("go", ["go", "java", "mvn"], _build_go, ["go", "run", "."]),
]


def main(names: Sequence[str]) -> int:
    """Try the named languages, or all. Returns 0 if all of them work, 1 if one does not, 3 if a program is missing."""
    code = 0
    with tempfile.TemporaryDirectory(prefix="bianmin-clients-") as place:
        directory = Path(place)
        document = write_document(directory)
        with (
            noida_kafka(directory / "kafka") as broker,
            bianmin_up(directory / "data", kafka=broker) as county,
        ):
            for language in LANGUAGES:
                if names and language.name not in names:
                    continue
                if missing := [program for program in language.needs if shutil.which(program) is None]:
                    _tell(language, f"not tried: {', '.join(missing)} is not on this machine")
                    code = code or 3
                    continue
                try:
                    _tell(language, _try(language, directory, document, county, broker))
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    _tell(language, f"fails\n{error}")
                    code = 1
    return code


def _try(language: Language, parent: Path, document: Path, county: RunningCounty, broker: str) -> str:
    """Build the client, register and accept a case, and read the topics where the language has a program for that."""
    directory = parent / language.name
    shutil.copytree(SOURCES / language.name, directory)
    language.build(directory, document)
    run(_with(language.register_and_accept, county.described(directory)), directory)
    result = "generated, compiled; registers a case and accepts it on the right date"
    if language.read_topics:
        asyncio.run(wait_until_idle(county.base))
        published = published_events(httpx2.get(f"{county.base}/metrics").text)
        lines = run(_with(language.read_topics, broker), directory).split()
        read = next(line for line in reversed(lines) if line.isdigit())  # Maven prints codes of colors after it
        assert int(read) == published, f"read {read} of {published} records"
        result += f"; the CloudEvents SDK reads all {read} records"
    return result


def _with(command: Sequence[str], argument: Path | str) -> Sequence[str]:
    return [*command, f"-Dexec.args={argument}"] if command[0] == "mvn" else [*command, str(argument)]


def _tell(language: Language, result: str) -> None:
    sys.stdout.write(f"{language.name}: {result}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
