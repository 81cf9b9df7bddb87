"""`BIANMIN_…` environment variables: which ones are set, to what, and which ones nobody knows."""

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

PREFIX = "BIANMIN_"
SERVICE_PLACEHOLDER = "{service}"
_TEST_PREFIX = "BIANMIN_TEST_"
_FILE = "_FILE"


class SettingsError(Exception):
    """The process cannot start like this. The text is for the operator and holds no value of a variable."""


def refuse_unknown(environ: Mapping[str, str], fields: Collection[str]) -> None:
    """Raise `SettingsError` where a variable with our prefix is none of the fields; name the nearest one."""
    known = [name.upper() + suffix for name in fields for suffix in ("", _FILE)]
    lines = []
    for name in sorted(environ):
        field = name.removeprefix(PREFIX)
        if field != name and not name.startswith(_TEST_PREFIX) and field not in known:
            nearest = PREFIX + difflib.get_close_matches(field, known, n=1, cutoff=0.0)[0]
            lines.append(f"不认识的环境变量 {name}，是否想写 {nearest}？(unknown {name}; did you mean {nearest}?)")
    if lines:
        raise SettingsError("\n".join(lines))


def read_values(environ: Mapping[str, str], fields: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the fields that are set, and, by field, the paths of files that differ by service.

    A variable set to nothing is not set. Raises `SettingsError` for a file that cannot be read and for a field that is
    set both by its variable and by a file.
    """
    values: dict[str, Any] = {}
    paths_by_service: dict[str, str] = {}
    for field in fields:
        name = f"{PREFIX}{field.upper()}"
        value = environ.get(name, "").strip()
        path = environ.get(name + _FILE, "").strip()
        if path and value:
            raise SettingsError(f"{name} 与 {name}{_FILE} 只能设置一个。(set only one of {name} and {name}{_FILE})")
        if SERVICE_PLACEHOLDER in path:
            paths_by_service[field] = path
        elif path:
            values[field] = read_file(path)
        elif value:
            values[field] = value
    return values, paths_by_service


def read_file(path: str) -> str:
    """The text of a file, without white space around it. Raises `SettingsError`."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise SettingsError(f"读不到文件 {path}（{reason}）。(cannot read {path}: {reason})") from None
