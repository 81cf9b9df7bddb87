"""What an operator may set, and what stops a start."""

import os
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr, ValidationError

from bianmin.kit.settings import Settings, SettingsError
from services.complaints.settings import ComplaintsSettings
from services.intake.settings import IntakeSettings

LONG = "a secret of at least thirty-two bytes"
URL = "postgresql+asyncpg://bianmin_{service}@db.county/bianmin_{service}"
PRODUCTION = {"BIANMIN_ENV": "production", "BIANMIN_JWT_SECRET": LONG, "BIANMIN_DATA_KEY": LONG}


def refusal_of(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.load(environ)
    return str(refused.value)


def test_without_any_setting_it_is_a_development_machine_on_its_own(tmp_path: Path) -> None:
    settings = Settings.load({}, data=tmp_path)
    assert (settings.env, settings.host, settings.port) == ("dev", "127.0.0.1", 8000)
    assert settings.database_url is None
    assert settings.kafka_servers() == ()
    assert (settings.body_limit, settings.import_limit) == (1024**2, 4 * 1024**2)


def test_every_setting_can_be_set_by_its_variable(tmp_path: Path) -> None:
    values = {
        "data": str(tmp_path),
        "host": "10.0.0.1",
        "port": "8080",
        "database_url": URL,
        "database_password": "pw",
        "log_url": "kafka://a:9092,b:9092",
        "log_database_url": "postgresql+asyncpg://log@db/log",
        "partitions": "12",
        "public_rate": "10/second",
        "track_rate": "5/minute",
        "body_limit": "2MiB",
        "import_limit": "1048576",
        "idempotency_days": "7",
        "log_compression": "zstd",
        "max_silence": "120",
        "trusted_proxies": "172.16.0.0/12,::1",
        "cors_origins": "https://www.example.gov.cn",
        "metrics_networks": "10.0.0.0/8",
        "metrics_token": "mmmmmmmm",
        "jwt_leeway_seconds": "30",
        "received_on_max_back_days": "30",
        "supplement_wait_days": "15",
    }
    environ = PRODUCTION | {f"BIANMIN_{name.upper()}": value for name, value in values.items()}
    settings = Settings.load(environ, kinds=[IntakeSettings, ComplaintsSettings])
    assert settings.kafka_servers() == ("a:9092", "b:9092")
    assert settings.body_limit == 2 * 1024**2
    assert [str(each) for each in settings.trusted_proxies] == ["172.16.0.0/12", "::1/128"]
    intake, complaints = settings.of(IntakeSettings), settings.of(ComplaintsSettings)
    assert (intake.received_on_max_back_days, intake.supplement_wait_days) == (30, 15)
    assert intake.track_rate == complaints.track_rate == "5/minute"
    models = (settings, intake, complaints)
    assert {name for model in models for name in model.model_fields_set} == values.keys() | {
        "env",
        "jwt_secret",
        "data_key",
    }
    assert all(model.model_fields_set == type(model).model_fields.keys() for model in models)
    assert "BIANMIN_SUPPLEMENT_WAIT_DAYS=15" in settings.describe()


def test_a_setting_of_a_service_is_refused_where_that_service_is_unknown(tmp_path: Path) -> None:
    message = refusal_of({"BIANMIN_TRACK_RATE": "5/minute", "BIANMIN_DATA": str(tmp_path)})
    assert "BIANMIN_TRACK_RATE" in message


def test_a_wrong_value_of_a_services_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BIANMIN_SUPPLEMENT_WAIT_DAYS"):
        Settings.load({"BIANMIN_SUPPLEMENT_WAIT_DAYS": "0"}, kinds=[IntakeSettings], data=tmp_path)


def test_a_file_of_a_services_setting_cannot_differ_by_service(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BIANMIN_TRACK_RATE_FILE"):
        Settings.load({"BIANMIN_TRACK_RATE_FILE": "/run/{service}"}, kinds=[IntakeSettings], data=tmp_path)


def test_settings_of_services_that_were_not_loaded_have_their_defaults(tmp_path: Path) -> None:
    assert Settings.load({}, data=tmp_path).of(IntakeSettings) == IntakeSettings()


def test_what_is_given_outranks_the_environment_and_none_is_not_given(tmp_path: Path) -> None:
    environ = {"BIANMIN_PORT": "8001", "BIANMIN_HOST": "10.0.0.1"}
    settings = Settings.load(environ, data=tmp_path, port=8002, host=None)
    assert (settings.port, settings.host) == (8002, "10.0.0.1")


def test_a_variable_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    assert Settings.load({"BIANMIN_DATABASE_URL": "", "BIANMIN_DATA": str(tmp_path)}).database_url is None


def test_a_misspelt_variable_stops_the_start_and_the_nearest_is_named() -> None:
    message = refusal_of({"BIANMIN_DATABSE_URL": "secret", "BIANMIN_TOKEN_SECRT": "secret"})
    assert "BIANMIN_DATABSE_URL，是否想写 BIANMIN_DATABASE_URL？" in message
    assert "BIANMIN_TOKEN_SECRT" in message
    assert "secret" not in message


def test_variables_of_the_tests_and_of_other_programs_are_ignored(tmp_path: Path) -> None:
    Settings.load({"BIANMIN_TEST_KAFKA": "x", "PATH": "/bin", "XBIANMIN_Y": "1"}, data=tmp_path)


@pytest.mark.parametrize(
    "environ",
    [
        {"BIANMIN_PORT": "eight"},
        {"BIANMIN_PORT": "70000"},
        {"BIANMIN_ENV": "staging"},
        {"BIANMIN_DATABASE_URL": "sqlite:///secret.db"},
        {"BIANMIN_LOG_URL": "kafka://no-port"},
        {"BIANMIN_PUBLIC_RATE": "often"},
        {"BIANMIN_PARTITIONS": "-7"},
        {"BIANMIN_BODY_LIMIT": "huge"},
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named_but_not_repeated(environ: dict[str, str]) -> None:
    message = refusal_of(environ)
    ((name, value),) = environ.items()
    assert name in message
    assert value not in message


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_production_without_secrets_does_not_start_and_says_which_are_missing(tmp_path: Path) -> None:
    message = refusal_of({"BIANMIN_ENV": "production", "BIANMIN_JWT_SECRET": LONG, "BIANMIN_DATA": str(tmp_path)})
    assert "BIANMIN_DATA_KEY" in message
    assert "BIANMIN_JWT_SECRET" not in message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "short",
    [
        {"BIANMIN_JWT_SECRET": "密码"},
        {"BIANMIN_DATA_KEY": "31 bytes: one less than it takes"[:31]},
        {"BIANMIN_DATA_KEY": f'{{"1": "{LONG}", "2": "short"}}'},
    ],
)
def test_production_takes_no_short_secret(short: dict[str, str]) -> None:
    message = refusal_of(PRODUCTION | short)
    assert next(iter(short)) in message
    assert "32" in message


@pytest.mark.parametrize("weak", ["a" * 32, "ab" * 20, "change-me-" * 4, "0123456789" * 4, f"{'x' * 40}y"])
@pytest.mark.parametrize("variable", ["BIANMIN_JWT_SECRET", "BIANMIN_DATA_KEY"])
def test_g34_production_takes_no_secret_with_a_pattern(variable: str, weak: str) -> None:
    assert variable in refusal_of(PRODUCTION | {variable: weak})


def test_random_secrets_are_taken_however_they_are_written() -> None:
    made = (secrets.token_hex(16), secrets.token_urlsafe(32), f"{secrets.randbelow(10**40):040}", LONG)
    for secret in made:
        assert Settings.load(PRODUCTION | {"BIANMIN_JWT_SECRET": secret}).token_secret() == secret


def test_data_keys_are_one_secret_or_several_by_id() -> None:
    assert Settings(data_key=SecretStr(LONG)).data_keys() == {1: LONG.encode()}
    several = Settings(data_key=SecretStr('{"1": "old", "2": "new"}'))
    assert several.data_keys() == {1: b"old", 2: b"new"}


@pytest.mark.parametrize("wrong", ["{", "{}", '{"a": "x"}', '{"0": "x"}', '{"256": "x"}'])
def test_data_keys_that_cannot_be_read_stop_the_start(wrong: str) -> None:
    assert "BIANMIN_DATA_KEY" in refusal_of(PRODUCTION | {"BIANMIN_DATA_KEY": wrong})


def test_a_development_machine_has_secrets_of_its_own_that_nobody_else_can_read(tmp_path: Path) -> None:
    data = tmp_path / "var"
    settings = Settings.load({}, data=data)
    assert settings.token_secret().encode() != settings.data_keys()[1]
    assert [(file.name, file.stat().st_mode & 0o777) for file in data.iterdir()] == [("dev.secret", 0o600)]
    assert Settings.load({}, data=tmp_path / "other").token_secret() != settings.token_secret()


def test_processes_that_start_at_once_use_the_same_secrets(tmp_path: Path) -> None:
    together = Barrier(8)

    def come(data: Path) -> str:
        together.wait()
        return Settings.load({}, data=data).token_secret()

    with ThreadPoolExecutor(8) as processes:
        for attempt in range(10):
            found = processes.map(come, [tmp_path / str(attempt)] * 8)
            assert len(set(found)) == 1


def test_a_secret_given_in_development_replaces_the_stored_one(tmp_path: Path) -> None:
    settings = Settings.load({"BIANMIN_JWT_SECRET": "short", "BIANMIN_DATA": str(tmp_path)})
    assert settings.token_secret() == "short"


def test_a_damaged_data_directory_stops_the_start_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "dev.secret").touch()
    with pytest.raises(SettingsError, match=r"dev\.secret"):
        Settings.load({}, data=tmp_path)
    with pytest.raises(SettingsError, match="BIANMIN_DATA"):
        Settings.load({}, data=tmp_path / "dev.secret" / "var")


def test_a_value_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text(f" {LONG} \n")
    (tmp_path / "port").write_text("8003\n")
    settings = Settings.load(
        {"BIANMIN_ENV": "production", "BIANMIN_DATA_KEY": LONG}
        | {"BIANMIN_JWT_SECRET_FILE": str(tmp_path / "jwt"), "BIANMIN_PORT_FILE": str(tmp_path / "port")}
    )
    assert (settings.token_secret(), settings.port) == (LONG, 8003)


def test_a_file_that_cannot_be_read_and_a_value_given_twice_stop_the_start(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in refusal_of({"BIANMIN_PORT_FILE": str(tmp_path / "none")})
    assert "BIANMIN_PORT_FILE" in refusal_of({"BIANMIN_PORT_FILE": "x", "BIANMIN_PORT": "1"})


def test_each_service_has_its_database_and_password_from_one_set_of_variables(tmp_path: Path) -> None:
    for service in ("intake", "log"):
        (tmp_path / f"{service}-password").write_text(f"p@ss/{service}\n")
    environ = {"BIANMIN_DATABASE_URL": URL, "BIANMIN_DATABASE_PASSWORD_FILE": str(tmp_path / "{service}-password")}
    settings = Settings.load(PRODUCTION | environ)
    assert settings.database_password is None
    assert settings.database_of("intake") == (
        "postgresql+asyncpg://bianmin_intake:p%40ss%2Fintake@db.county/bianmin_intake"
    )
    assert settings.log_database() == "postgresql+asyncpg://bianmin_log:p%40ss%2Flog@db.county/bianmin_log"
    with pytest.raises(SettingsError, match="routing-password"):
        settings.database_of("routing")


def test_a_secret_of_a_service_is_checked_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "intake").write_text(LONG)
    (tmp_path / "routing").write_text("short")
    environ = {"BIANMIN_ENV": "production", "BIANMIN_JWT_SECRET": LONG}
    settings = Settings.load(environ | {"BIANMIN_DATA_KEY_FILE": str(tmp_path / "{service}")})
    assert settings.for_service("intake").data_keys() == {1: LONG.encode()}
    with pytest.raises(SettingsError, match="BIANMIN_DATA_KEY"):
        settings.for_service("routing")
    with pytest.raises(SettingsError, match="BIANMIN_DATA_KEY"):
        settings.data_keys()


def test_a_database_set_later_is_used_by_every_service(tmp_path: Path) -> None:
    settings = Settings.load({}, data=tmp_path)
    with pytest.raises(SettingsError, match="BIANMIN_DATABASE_URL"):
        settings.database_of("intake")
    private = settings.model_copy(update={"database_url": "postgresql+asyncpg://postgres@/bianmin?host=/run"})
    assert private.database_of("intake") == private.log_database() == private.database_url


def test_a_log_database_of_its_own_is_used() -> None:
    settings = Settings(database_url=URL, log_database_url="postgresql+asyncpg://log:pw@db/log")
    assert settings.log_database() == "postgresql+asyncpg://log:pw@db/log"


def test_no_secret_is_shown() -> None:
    settings = Settings(
        database_url="postgresql+asyncpg://u:hidden@one@db/x",
        log_database_url="postgresql+asyncpg://u:hidden@db/y",
        database_password=SecretStr("hidden"),
        jwt_secret=SecretStr("hidden"),
        data_key=SecretStr("hidden"),
    )
    message = settings.describe()
    assert "BIANMIN_DATABASE_URL=postgresql+asyncpg://u:***@db/x" in message
    assert "BIANMIN_JWT_SECRET=***" in message
    assert "BIANMIN_PORT=8000" in message
    assert "hidden" not in message + repr(settings) + str(settings)
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"jwt_secret": 1, "data": ["hidden"]})
    assert "hidden" not in str(refused.value)


def test_importing_reads_nothing() -> None:
    environ = {**os.environ, "BIANMIN_TYPO": "1", "BIANMIN_PORT": "wrong"}
    subprocess.run([sys.executable, "-c", "import bianmin.kit.settings"], env=environ, check=True)
