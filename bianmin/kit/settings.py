"""What an operator may set: `BIANMIN_…` variables, read once when a process starts, then frozen."""

import hmac
import json
import os
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    ByteSize,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url

from bianmin.kit.crypto import SHORTEST_SECRET, is_weak
from bianmin.kit.dev_secret import dev_secret_file, read_dev_secret
from bianmin.kit.variables import (
    PREFIX,
    SERVICE_PLACEHOLDER,
    Count,
    KafkaUrl,
    Networks,
    Origins,
    Port,
    PostgresUrl,
    Rate,
    SettingsError,
    VariablesSource,
    read_file,
    refuse_unknown,
)

_SECRETS = ("jwt_secret", "data_key")


K = TypeVar("K", bound=BaseSettings)
S = TypeVar("S", bound="ServiceSettings")


class FrozenSettings(BaseSettings):
    """Settings of values alone: `Settings.load` reads the environment, and nothing else ever does."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the one source there is: the values that are given."""
        return (init_settings,)


class ServiceSettings(FrozenSettings):
    """The settings of one service: fields of a subclass are `BIANMIN_…` variables beside those of `Settings`.

    Two services may declare the same field: both are then given the value of the one variable.
    """

    def rates(self) -> Mapping[str, str]:
        """Rate limits (`60/minute`) of those routes that have one of their own, by the route's template."""
        return {}


class Settings(FrozenSettings):
    """The settings of the kit. Made of values alone here; `load` is what reads the environment.

    Each variable may also be given as `BIANMIN_…_FILE`, the path of a file with the value. `{service}` in that path,
    or in a database URL, is the service's name: one set of variables serves five services with a database each.
    """

    env: Literal["dev", "production"] = "dev"
    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: Port = 8000
    database_url: PostgresUrl | None = Field(default=None, repr=False)
    """None: the private PostgreSQL under `data`."""
    database_password: SecretStr | None = None
    log_url: KafkaUrl | None = None
    """None: the event log is tables in PostgreSQL."""
    log_compression: Literal["none", "lz4", "zstd"] = "none"
    """How records are compressed in Kafka."""
    log_database_url: PostgresUrl | None = Field(default=None, repr=False)
    """None: `database_url` of a service called `log`."""
    partitions: Count = 6
    jwt_secret: SecretStr | None = None
    jwt_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 5
    """By how much the clock of whoever issues tokens may differ from the clock here."""
    data_key: SecretStr | None = None
    """One secret, or several by key id as JSON: `{"1": "…", "2": "…"}`. A single secret is key 1."""
    public_rate: Rate = "600/minute"
    body_limit: ByteSize = ByteSize(1024**2)
    import_limit: ByteSize = ByteSize(4 * 1024**2)
    idempotency_days: Count = 2
    """For how many days a request that is sent again with its Idempotency-Key gets the first answer."""
    max_silence: Count = 300
    """Seconds without an attempt of a background task, to read events or to publish them, until the process ends."""
    trusted_proxies: Networks = ()
    """Networks of the proxies whose X-Forwarded-For is believed, separated by commas: `172.16.0.0/12,::1`."""
    cors_origins: Origins = ()
    """Origins of front ends elsewhere, separated by commas: `https://www.example.gov.cn`; `*` for all."""
    metrics_networks: Networks = (ip_network("127.0.0.0/8"), ip_network("::1"))
    """Networks from which `/metrics` is answered; from elsewhere only with `metrics_token`."""
    metrics_token: SecretStr | None = None

    _paths_by_service: dict[str, str] = PrivateAttr(default_factory=dict)
    _secret_in_data: bool = PrivateAttr(default=False)
    _of_services: tuple[ServiceSettings, ...] = PrivateAttr(default=())

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, *, kinds: Sequence[type[ServiceSettings]] = (), **given: Any
    ) -> Self:
        """The settings of this process, with those of its services by `kinds`. Raises `SettingsError`.

        What is `given` and not None outranks the environment. In dev, secrets that are not set come from a file under
        `data` that the first process makes.
        """
        named = {name.upper(): value for name, value in (os.environ if environ is None else environ).items()}
        fields_of_services = {field for kind in kinds for field in kind.model_fields}
        refuse_unknown(named, [*cls.model_fields, *sorted(fields_of_services)])
        chosen = {name: value for name, value in given.items() if value is not None}
        of_services = tuple(_load_of_service(kind, named, chosen) for kind in kinds)
        source = VariablesSource(cls, named)
        values = source() | {name: value for name, value in chosen.items() if name not in fields_of_services}
        paths = source.paths_by_service
        settings = _validated(cls, values)
        if settings.env == "dev":
            missing = [name for name in _SECRETS if name not in values and name not in paths]
            if missing:
                root = read_dev_secret(settings.data)
                settings = settings.model_copy(
                    update={name: SecretStr(hmac.digest(root, name.encode(), "sha256").hex()) for name in missing}
                )
        settings._paths_by_service = {name: path for name, path in paths.items() if name not in values}
        settings._of_services = of_services
        settings._secret_in_data = settings.env == "dev" and not {"jwt_secret"} & (values.keys() | paths.keys())
        settings._refuse_weak_secrets()
        return settings

    def of(self, kind: type[S]) -> S:
        """A service's own settings; its defaults where they were not loaded."""
        return next((each for each in self._of_services if isinstance(each, kind)), None) or kind()

    def for_service(self, service: str) -> Self:
        """The same settings, with what is in files of the service's own. Raises `SettingsError`."""
        if not self._paths_by_service:
            return self
        read = {
            name: read_file(path.replace(SERVICE_PLACEHOLDER, service)) for name, path in self._paths_by_service.items()
        }
        mine = _validated(type(self), {**self.model_dump(exclude_unset=True), **read})
        mine._of_services = self._of_services
        mine._refuse_weak_secrets()
        return mine

    def database_of(self, service: str) -> str:
        """The URL of the service's database, password included. Raises `SettingsError` where none is set."""
        mine = self.for_service(service)
        if mine.database_url is None:
            raise SettingsError("没有数据库地址：请设置 BIANMIN_DATABASE_URL。(no database: set BIANMIN_DATABASE_URL)")
        return _complete_url(mine.database_url, service, mine.database_password)

    def log_database(self) -> str:
        """The URL of the database with the event log's tables, where the log is in PostgreSQL."""
        if self.log_database_url is None:
            return self.database_of("log")
        return _complete_url(self.log_database_url, "log", self.for_service("log").database_password)

    def kafka_servers(self) -> tuple[str, ...]:
        """`host:port` of each broker; none where the log is in PostgreSQL."""
        return tuple(self.log_url.removeprefix("kafka://").split(",")) if self.log_url else ()

    def token_secret(self) -> str:
        """The secret that signs tokens. Raises `SettingsError` where there is none."""
        return _required(self.jwt_secret, "jwt_secret")

    def token_secret_file(self) -> Path | None:
        """The file of the secret that signs tokens, where it was made in the data directory; None elsewhere."""
        return dev_secret_file(self.data).absolute() if self._secret_in_data else None

    def data_keys(self) -> dict[int, bytes]:
        """The secrets that personal data is sealed with, by key id. Raises `SettingsError` where there are none."""
        keys = _parse_data_keys(_required(self.data_key, "data_key"))
        return {key_id: text.encode() for key_id, text in keys.items()}

    def describe(self) -> str:
        """A line for each setting, services' own included, without the secrets."""
        values = {name: value for model in (self, *self._of_services) for name, value in model}
        return "\n".join(f"{PREFIX}{name.upper()}={_without_secrets(value)}" for name, value in values.items())

    def _refuse_weak_secrets(self) -> None:
        if self.env != "production":
            return
        absent = [name for name in _SECRETS if getattr(self, name) is None and name not in self._paths_by_service]
        if absent:
            names = ", ".join(PREFIX + name.upper() for name in absent)
            raise SettingsError(f"生产环境缺少 {names}。(production needs {names})")
        weak = []
        if self.jwt_secret is not None and is_weak(self.token_secret().encode()):
            weak.append("BIANMIN_JWT_SECRET")
        if self.data_key is not None and any(is_weak(key) for key in self.data_keys().values()):
            weak.append("BIANMIN_DATA_KEY")
        if weak:
            raise SettingsError(
                f"{'、'.join(weak)} 太弱：至少 {SHORTEST_SECRET} 个随机字节，不要重复或按顺序排列的字符；"
                f"可用 `openssl rand -base64 32` 生成。(too weak: at least {SHORTEST_SECRET} random bytes)"
            )


def _load_of_service(kind: type[S], environ: Mapping[str, str], chosen: Mapping[str, Any]) -> S:
    source = VariablesSource(kind, environ)
    values = source() | {name: value for name, value in chosen.items() if name in kind.model_fields}
    if source.paths_by_service:
        names = ", ".join(f"{PREFIX}{name.upper()}_FILE" for name in source.paths_by_service)
        raise SettingsError(f"{names} 中不能用 {{service}}。({names} cannot differ by service)")
    return _validated(kind, values)


def _validated(kind: type[K], values: Mapping[str, Any]) -> K:
    """The settings that the values make. Raises `SettingsError`, which names the variables and not the values."""
    try:
        return kind(**values)
    except ValidationError as error:
        lines = (
            f"{PREFIX}{str(found['loc'][0]).upper()} 的值不对：{found['msg'].removeprefix('Value error, ')}"
            for found in error.errors()
        )
        raise SettingsError("\n".join(lines)) from None


def _parse_data_keys(text: str) -> dict[int, str]:
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


def _complete_url(template: str, service: str, password: SecretStr | None) -> str:
    url = template.replace(SERVICE_PLACEHOLDER, service)
    parsed = make_url(url)
    if password is None or parsed.password is not None:
        return url
    return parsed.set(password=password.get_secret_value()).render_as_string(hide_password=False)


def _without_secrets(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "***"
        case tuple():
            return ",".join(str(each) for each in value)
        case str():
            return re.sub(r"(://[^:/@]*:).*@", r"\1***@", value)
    return str(value)


__all__ = ["Count", "Rate", "ServiceSettings", "Settings", "SettingsError"]
