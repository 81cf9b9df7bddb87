"""What the subcommands share: their common options, the settings, and how a subcommand runs."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
import uvloop
from rich.console import Console

from bianmin.kit.embedded import EmbeddedError
from bianmin.kit.migrations import NewerThanProgram, NotMigrated
from bianmin.kit.settings import Settings, SettingsError
from command.deployment import load_settings

Data = Annotated[Path | None, typer.Option(help="数据目录（也可用 BIANMIN_DATA），默认 var")]
Port = Annotated[int | None, typer.Option(help="HTTP 端口（也可用 BIANMIN_PORT），默认 8000")]
ServiceName = Literal["intake", "routing", "deadlines", "complaints", "reporting"]

T = TypeVar("T")
errors = Console(stderr=True)


def settings_or_exit(**given: Any) -> Settings:
    """Return the settings of this process. Raises `typer.Exit` with code 2, after printing what is wrong with them."""
    try:
        return load_settings(**given)
    except SettingsError as error:
        errors.print(f"[bold]设置有误[/]\n{error}", highlight=False)
        raise typer.Exit(2) from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a subcommand to its end and return its result.

    SIGTERM ends it like Ctrl-C: connections are closed and the private PostgreSQL is stopped. Raises `typer.Exit`: 130
    after a signal; 2, with a message, when the private PostgreSQL cannot start or a database is not of this program.
    """
    # a shell starts background jobs with SIGINT ignored; restore it, as SIGTERM is turned into SIGINT here
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (EmbeddedError, NewerThanProgram, NotMigrated) as error:
        errors.print(str(error), highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
