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
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="the checkout whose files are meant")
    orders = parser.add_subparsers(dest="order", required=True)
    write = orders.add_parser("write", help="make the files anew, unless that breaks a promise to readers")
    write.add_argument("--force", action="store_true", help="break it: nobody reads these events yet")
    check = orders.add_parser("check", help="compare the models with the files")
    check.add_argument(
        "--against",
        type=Path,
        help="schemas that hold, such as the main branch's; default: the checkout's",
    )
    given = parser.parse_args(arguments)
    if given.order == "write":
        return _write(given.root, force=given.force)
    promised = given.against or given.root / contract.SCHEMAS
    if given.against and not promised.is_dir():
        parser.error(f"no directory {promised}")
    return _check(given.root, promised)


def _write(root: Path, *, force: bool) -> int:
    broken = contract.incompatible(root / contract.SCHEMAS)
    if broken and not force:
        _tell("nothing was written, for it would break what readers were promised (--force writes it):", broken)
        return 1
    contract.write(root)
    if broken:
        _tell("written, and what readers were promised is broken:", broken)
    return 0


def _check(root: Path, promised: Path) -> int:
    broken, stale = contract.incompatible(promised), contract.stale(root)
    if broken:
        _tell("what readers were promised is broken:", broken)
    if stale:
        _tell("not what the models say; run `python -m bianmin.events write` and commit:", stale)
    return 1 if broken or stale else 0


def _tell(what: str, items: Iterable[object]) -> None:
    sys.stderr.write("\n  ".join([what, *map(str, items)]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
