"""Write the generated files of the event contract (`write`), or check them against the models (`check`)."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path

from bianmin.events import contract

REPOSITORY = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 success, 1 an incompatible change or a file that is out of date.

    Raises `SystemExit` for wrong arguments.
    """
    parser = ArgumentParser(prog="python -m bianmin.events", description=__doc__)
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="root of the checkout (default: this one)")
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="write the files; refused when a change breaks readers")
    write.add_argument(
        "--force",
        action="store_true",
        help="write it all the same; only for events that nobody reads yet",
    )
    check = commands.add_parser("check", help="compare the files with the models")
    check.add_argument(
        "--against",
        type=Path,
        help="directory of schemas to compare with, such as those of the main branch; default: those of the checkout",
    )
    options = parser.parse_args(arguments)
    if options.command == "write":
        return _write(options.root, force=options.force)
    published = options.against or options.root / contract.SCHEMAS
    if options.against and not published.is_dir():
        parser.error(f"no directory {published}")
    return _check(options.root, published)


def _write(root: Path, *, force: bool) -> int:
    broken = contract.incompatible(root / contract.SCHEMAS)
    if broken and not force:
        _report("nothing was written because these changes break readers (--force writes anyway):", broken)
        return 1
    contract.write(root)
    if broken:
        _report("written, with changes that break readers:", broken)
    return 0


def _check(root: Path, published: Path) -> int:
    broken, stale = contract.incompatible(published), contract.stale(root)
    if broken:
        _report("these changes break readers:", broken)
    if stale:
        _report("out of date; run `python -m bianmin.events write` and commit:", stale)
    return 1 if broken or stale else 0


def _report(heading: str, items: Iterable[object]) -> None:
    sys.stderr.write("\n  ".join([heading, *map(str, items)]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
