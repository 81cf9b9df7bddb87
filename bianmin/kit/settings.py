"""What an operator may set: `BIANMIN_…` variables, read once at the edge and frozen."""

import difflib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from limits import parse
from pydantic import AfterValidator, ByteSize, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url

PREFIX = "BIANMIN_"
TESTS = "BIANMIN_TEST_"
_FILE = "_FILE"
_SERVICE = "{service}"
_SECRETS = ("jwt_secret", "data_key")
_SHORTEST_SECRET = 32  # bytes: as long as the keys that are made of it
_DRIVER = "postgresql+asyncpg://"


class SettingsError(Exception):
    """The process cannot start like this. The text is for the operator and holds no value of a variable."""


def _postgres(url: str) -> str:
    if not url.startswith(_DRIVER):
        raise ValueError(f"应以 {_DRIVER} 开头 (must start with it)")
    return url


def _kafka(url: str) -> str:
    if not re.fullmatch(r"kafka://[^\s,/]+:\d+(,[^\s,/]+:\d+)*", url):
        raise ValueError("应如 kafka://host:9092,host2:9092 (must look like this)")
    return url


def _rate(text: str) -> str:
    try:
        parse(text)
    except ValueError:
        raise ValueError("应如 600/minute (must look like this)") from None
    return text


PostgresUrl = Annotated[str, AfterValidator(_postgres)]
KafkaUrl = Annotated[str, AfterValidator(_kafka)]
Rate = Annotated[str, AfterValidator(_rate)]
Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Every setting. Made of values alone here; `load` is what reads the environment.

    Each variable may also be given as `BIANMIN_…_FILE`, the path of a file with the value. `{service}` in that path,
    or in a database URL, is the service's name: one set of variables serves five services with a database each.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    env: Literal["dev", "production"] = "dev"
    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: Port = 8000
    database_url: PostgresUrl | None = Field(default=None, repr=False)
    """None: the private PostgreSQL under `data`."""
    database_password: SecretStr | None = None
    log_url: KafkaUrl | None = None
    """None: the event log is tables in PostgreSQL."""
    log_database_url: PostgresUrl | None = Field(default=None, repr=False)
    """None: `database_url` of a service called `log`."""
    partitions: Count = 6
    jwt_secret: SecretStr | None = None
    data_key: SecretStr | None = None
    """One secret, or several by key id as JSON: `{"1": "…", "2": "…"}`. A single secret is key 1."""
    public_rate: Rate = "600/minute"
    track_rate: Rate = "60/minute"
    body_limit: ByteSize = ByteSize(1024**2)
    import_limit: ByteSize = ByteSize(16 * 1024**2)
    trusted_proxies: bool = False
    """Whether X-Forwarded-For is believed: only where a gateway of ours writes it."""
    received_on_max_back_days: Count = 90
    supplement_wait_days: Annotated[int, Field(ge=1, le=3650)] = 30

    _per_service: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load` asks the environment, so that nothing else ever does."""
        return (init_settings,)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Self:
        """The settings of this process. What is `given` and not None outranks the environment. Raises `SettingsError`.

        In dev, secrets nobody gave come from a file under `data` that the first process makes.
        """
        named = {name.upper(): value for name, value in (os.environ if environ is None else environ).items()}
        _refuse_unknown(named, cls.model_fields)
        values, later = _values(cls, named)
        values |= {name: value for name, value in given.items() if value is not None}
        settings = cls._of(values)
        if settings.env == "dev":
            missing = [name for name in _SECRETS if name not in values and name not in later]
            if missing:
                root = _dev_secret(settings.data)
                settings = settings.model_copy(
                    update={name: SecretStr(hmac.digest(root, name.encode(), "sha256").hex()) for name in missing}
                )
        settings._per_service = {name: path for name, path in later.items() if name not in values}
        settings._refuse_weak_secrets()
        return settings

    def for_service(self, service: str) -> Self:
        """The same settings, with what is in a file of the service's own."""
        if not self._per_service:
            return self
        read = {name: _read(path.replace(_SERVICE, service)) for name, path in self._per_service.items()}
        mine = self._of({**self.model_dump(exclude_unset=True), **read})
        mine._refuse_weak_secrets()
        return mine

    def database_of(self, service: str) -> str:
        """Where the service's tables are, password included."""
        mine = self.for_service(service)
        if mine.database_url is None:
            raise SettingsError("没有数据库地址：请设置 BIANMIN_DATABASE_URL。(no database: set BIANMIN_DATABASE_URL)")
        return _located(mine.database_url, service, mine.database_password)

    def log_database(self) -> str:
        """Where the event log's tables are, where it is in PostgreSQL."""
        if self.log_database_url is None:
            return self.database_of("log")
        return _located(self.log_database_url, "log", self.for_service("log").database_password)

    def kafka_servers(self) -> tuple[str, ...]:
        """`host:port` of each broker; none where the log is in PostgreSQL."""
        return tuple(self.log_url.removeprefix("kafka://").split(",")) if self.log_url else ()

    def token_secret(self) -> str:
        """What tokens are signed with."""
        return _required(self.jwt_secret, "jwt_secret")

    def data_keys(self) -> dict[int, bytes]:
        """The secrets that personal data is sealed with, by key id."""
        return {key_id: text.encode() for key_id, text in _keys(_required(self.data_key, "data_key")).items()}

    def describe(self) -> str:
        """A line for each setting, without its secrets."""
        return "\n".join(f"{PREFIX}{name.upper()}={_shown(value)}" for name, value in self)

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        try:
            return cls(**values)
        except ValidationError as error:
            wrong = (
                f"{PREFIX}{str(one['loc'][0]).upper()} 的值不对：{one['msg'].removeprefix('Value error, ')}"
                for one in error.errors()
            )
            raise SettingsError("\n".join(wrong)) from None

    def _refuse_weak_secrets(self) -> None:
        if self.env != "production":
            return
        absent = [name for name in _SECRETS if getattr(self, name) is None and name not in self._per_service]
        if absent:
            names = ", ".join(PREFIX + name.upper() for name in absent)
            raise SettingsError(f"生产环境缺少 {names}。(production needs {names})")
        short = []
        if self.jwt_secret is not None and len(self.token_secret().encode()) < _SHORTEST_SECRET:
            short.append("BIANMIN_JWT_SECRET")
        if self.data_key is not None and any(len(key) < _SHORTEST_SECRET for key in self.data_keys().values()):
            short.append("BIANMIN_DATA_KEY")
        if short:
            raise SettingsError(
                f"{'、'.join(short)} 太短，至少 {_SHORTEST_SECRET} 字节；可用 `openssl rand -base64 32` 生成。"
                f"(too short: at least {_SHORTEST_SECRET} bytes)"
            )


def _refuse_unknown(named: Iterable[str], fields: Iterable[str]) -> None:
    known = [name.upper() + tail for name in fields for tail in ("", _FILE)]
    lines = []
    for name in sorted(named):
        own = name.removeprefix(PREFIX)
        if own != name and not name.startswith(TESTS) and own not in known:
            nearest = PREFIX + difflib.get_close_matches(own, known, n=1, cutoff=0.0)[0]
            lines.append(f"不认识的环境变量 {name}，是否想写 {nearest}？(unknown {name}; did you mean {nearest}?)")
    if lines:
        raise SettingsError("\n".join(lines))


class _Variables(EnvSettingsSource):
    """The environment as it was handed in."""

    def __init__(self, settings: type[BaseSettings], named: Mapping[str, str]) -> None:
        self._named = {name.lower(): value.strip() for name, value in named.items()}
        super().__init__(settings, env_ignore_empty=True)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name: value for name, value in self._named.items() if value}


def _values(settings: type[BaseSettings], named: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What is set now, and the paths of files that differ by service. A variable set to nothing is not set."""
    values, later = dict(_Variables(settings, named)()), {}
    for field in settings.model_fields:
        name = f"{PREFIX}{field.upper()}"
        path = named.get(name + _FILE, "").strip()
        if path and field in values:
            raise SettingsError(f"{name} 与 {name}{_FILE} 只能设置一个。(set only one of {name} and {name}{_FILE})")
        if _SERVICE in path:
            later[field] = path
        elif path:
            values[field] = _read(path)
    return values, later


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise SettingsError(f"读不到文件 {path}（{reason}）。(cannot read {path}: {reason})") from None


def _keys(text: str) -> dict[int, str]:
    if not text.startswith("{"):
        return {1: text}
    try:
        keys = {int(key_id): str(secret) for key_id, secret in json.loads(text).items()}
    except (ValueError, AttributeError):
        keys = {}
    if not keys or not all(0 < key_id < 256 for key_id in keys):
        raise SettingsError(
            'BIANMIN_DATA_KEY 应为一个密钥，或形如 {"1": "…", "2": "…"} 的 JSON，编号 1 到 255。'
            "(must be one secret, or JSON of secrets by key id, 1 to 255)"
        )
    return keys


def _required(secret: SecretStr | None, field: str) -> str:
    if secret is None or not secret.get_secret_value():
        name = f"{PREFIX}{field.upper()}"
        raise SettingsError(f"缺少 {name}。({name} is not set)")
    return secret.get_secret_value()


def _located(template: str, service: str, password: SecretStr | None) -> str:
    url = template.replace(_SERVICE, service)
    parsed = make_url(url)
    if password is None or parsed.password is not None:
        return url
    return parsed.set(password=password.get_secret_value()).render_as_string(hide_password=False)


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "***"
        case str():
            return re.sub(r"(://[^:/@]*:).*@", r"\1***@", value)
    return str(value)


def _dev_secret(data: Path) -> bytes:
    """A secret of this data directory, so that a token made by one process is good at another."""
    path = data / "dev.secret"
    try:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=data, prefix=".dev.secret-") as draft:  # mode 0600
                draft.write(secrets.token_hex(32).encode())
                draft.flush()
                os.fsync(draft.fileno())
                with suppress(FileExistsError):  # complete or not there: whoever comes first, all read the same
                    os.link(draft.name, path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"数据目录 {data} 不可读写（{type(error).__name__}）；请检查权限和磁盘空间，或用 BIANMIN_DATA 换一个目录。"
            f"(cannot use {data})"
        ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise SettingsError(f"{path} 已损坏，请删除后重试。({path} is damaged: delete it)")
    return secret
