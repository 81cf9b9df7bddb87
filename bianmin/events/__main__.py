"""`python -m bianmin.events write` makes the files of the contract, `check` says whether they are right."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path

from bianmin.events import contract

REPOSITORY = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done, or all is right. 1: a promise is broken, or a file is stale."""
    parser = ArgumentParser(prog="python -m bianmin.events", description=__doc__)
    parser.add_argument("order", choices=("write", "check"))
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="the checkout whose files are meant")
    parser.add_argument(
        "--against", type=Path, help="schemas whose promises hold, such as those of the main branch; default: committed"
    )
    given = parser.parse_args(arguments)
    if given.against and not given.against.is_dir():
        parser.error(f"no directory {given.against}")
    if broken := contract.incompatible(given.against or given.root / contract.SCHEMAS):
        return _failed("the contract would break a promise; keep what is there, or make a new version:", broken)
    if given.order == "write":
        contract.write(given.root)
        return 0
    if stale := contract.stale(given.root):
        return _failed("not what the models say; run `python -m bianmin.events write` and commit:", map(str, stale))
    return 0


def _failed(why: str, items: Iterable[str]) -> int:
    sys.stderr.write("\n  ".join([why, *items]) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
