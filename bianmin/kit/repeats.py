"""Repeated log lines: the first is written at once, the others once a minute with their number."""

import logging
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_REMEMBERED = 1000


@dataclass(slots=True)
class _Line:
    written_at: float
    suppressed: int = 0


class Repeats(logging.Filter):
    """Lets a warning or error pass once in `seconds`; the next one that passes has `repeated`, the number in between.

    Lines of our own are equal when all their values are; lines of a library when their text is, before it is filled in.
    """

    def __init__(self, seconds: float = 60.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._lines: OrderedDict[Hashable, _Line] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line shall be written."""
        if not logging.WARNING <= record.levelno < logging.CRITICAL:
            return True
        key = _key(record)
        now = time.monotonic()
        line = self._lines.get(key)
        if line is not None and now - line.written_at < self._seconds:
            line.suppressed += 1
            return False
        if line is not None and line.suppressed:
            if isinstance(record.msg, dict):
                record.msg = {**record.msg, "repeated": line.suppressed}
            else:
                record.repeated = line.suppressed
        self._lines[key] = _Line(now)
        self._lines.move_to_end(key)
        if len(self._lines) > _REMEMBERED:
            self._lines.popitem(last=False)
        return True


def _key(record: logging.LogRecord) -> Hashable:
    if isinstance(record.msg, dict):
        values = sorted((key, repr(value)) for key, value in record.msg.items() if key != "timestamp")
        return record.name, tuple(values)
    template = record.msg if any(sign.isalpha() for sign in str(record.msg).replace("%s", "")) else record.getMessage()
    return record.name, record.levelno, str(template)
