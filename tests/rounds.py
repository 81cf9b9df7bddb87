"""How many rounds a random test runs: few by default, all of them with `BIANMIN_TEST_LONG=1`."""

import os
from typing import TypeVar

T = TypeVar("T")


def rounds(short: T, long: T) -> T:
    """Return `long` where `BIANMIN_TEST_LONG` is set to 1, else `short`."""
    return long if os.environ.get("BIANMIN_TEST_LONG") == "1" else short
