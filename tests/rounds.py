"""How many rounds a random test runs: few by default, all of them with `BIANMIN_TEST_LONG=1`."""

import os


def rounds(short: int, long: int) -> int:
    """Return `long` where `BIANMIN_TEST_LONG` is set to 1, else `short`."""
    return long if os.environ.get("BIANMIN_TEST_LONG") == "1" else short
