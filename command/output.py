"""What the command line writes: documents in UTF-8, and texts for people in the encoding of their terminal."""

import codecs
import io
import json
import os
import stat
import sys
from typing import Any

_SIGNS = {"✓": "OK", "✗": "X", "→": "->", "…": "...", "·": "-", "—": "-", "×": "x", "•": "*", "　": "  ", "━": "-"}
_ERRORS = "bianmin"


def prepare_streams() -> None:
    """Have standard output and error write every text, in UTF-8 to files.

    Elsewhere signs that the encoding lacks are written as ASCII, and other characters as escapes.
    """
    codecs.register_error(_ERRORS, _fall_back)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if _is_file(stream) else None, errors=_ERRORS)


def print_document(document: Any) -> None:
    """Print a document as JSON: in UTF-8 to files and programs, in the terminal's encoding to a terminal."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    else:
        sys.stdout.write(text)


def _is_file(stream: io.TextIOWrapper) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def _fall_back(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for the characters that an encoding lacks (a handler of `codecs`). Raises other errors."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SIGNS.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking), error.end
