"""`BIANMIN_…` environment variables: kinds of values, which variables are set, and which ones nobody knows."""

import difflib
import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX = "BIANMIN_"
SERVICE_PLACEHOLDER = "{service}"
_TEST_PREFIX = "BIANMIN_TEST_"
_FILE = "_FILE"
_DRIVER = "postgresql+asyncpg://"


class SettingsError(Exception):
    """The process cannot start like this. The text is for the operator and holds no value of a variable."""


def _check_postgres_url(url: str) -> str:
    if not url.startswith(_DRIVER):
        raise ValueError(f"应以 {_DRIVER} 开头 (must start with it)")
    return url


def _check_kafka_url(url: str) -> str:
    if not re.fullmatch(r"kafka://[^\s,/]+:\d+(,[^\s,/]+:\d+)*", url):
        raise ValueError("应如 kafka://host:9092,host2:9092 (must look like this)")
    return url


def _check_rate(text: str) -> str:
    try:
        parse(text)
    except ValueError:
        raise ValueError("应如 600/minute (must look like this)") from None
    return text


def _parse_networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
    except ValueError:
        raise ValueError("应为网段，用逗号分开，如 172.16.0.0/12,::1 (must be networks, separated by commas)") from None


def _parse_origins(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    origins = tuple(each.strip() for each in value.split(",") if each.strip())
    if not all(each == "*" or re.fullmatch(r"https?://[^\s/]+", each) for each in origins):
        raise ValueError("应如 https://www.example.gov.cn，用逗号分开，不带路径 (must be origins, separated by commas)")
    return origins


PostgresUrl = Annotated[str, AfterValidator(_check_postgres_url)]
KafkaUrl = Annotated[str, AfterValidator(_check_kafka_url)]
Rate = Annotated[str, AfterValidator(_check_rate)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_parse_networks)]
Origins = Annotated[tuple[str, ...], BeforeValidator(_parse_origins)]
Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=65535)]


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


class VariablesSource(PydanticBaseSettingsSource):
    """The values of a settings class, by field, from the variables of one environment.

    `BIANMIN_…_FILE` names a file with the value. A variable set to nothing is not set. Calling it raises
    `SettingsError` for a file that cannot be read and for a field that is set both by its variable and by a file.
    """

    def __init__(self, kind: type[BaseSettings], environ: Mapping[str, str]) -> None:
        super().__init__(kind)
        self._environ = environ
        self.paths_by_service: dict[str, str] = {}
        """After a call: the paths of files that differ by service, by field."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return a field's value, None where it is not set; its key; that it is no JSON. Raises `SettingsError`."""
        name = f"{PREFIX}{field_name.upper()}"
        value = self._environ.get(name, "").strip()
        path = self._environ.get(name + _FILE, "").strip()
        if path and value:
            raise SettingsError(f"{name} 与 {name}{_FILE} 只能设置一个。(set only one of {name} and {name}{_FILE})")
        if SERVICE_PLACEHOLDER in path:
            self.paths_by_service[field_name] = path
        elif path:
            value = read_file(path)
        return value or None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values of the fields that are set. Raises `SettingsError`."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def read_file(path: str) -> str:
    """The text of a file, without white space around it. Raises `SettingsError`."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise SettingsError(f"读不到文件 {path}（{reason}）。(cannot read {path}: {reason})") from None
