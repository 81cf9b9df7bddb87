"""The command: which benches, and what they came to."""

import asyncio
import os
import platform
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bench import cases, proc
from bench.figures import Figure, table_of
from bench.ground import Ground, a_ground

Measure = Callable[[Ground, bool], Awaitable[list[Figure]]]


class Bench(StrEnum):
    CASES = "cases"


BENCHES: Mapping[Bench, Measure] = {Bench.CASES: cases.measure}
app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)


@app.command()
def bench(
    which: Annotated[list[Bench] | None, typer.Argument(help="要测的项目；不填为全部", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="少测几轮：看个大概")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有目标未达到时返回 1")] = False,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="临时数据库放在哪个目录下（应在磁盘上），默认 /var/tmp")
    ] = None,
    profile: Annotated[str, typer.Option(help="把 cases 一项中服务进程的 cProfile 结果写入这个文件")] = "",
) -> None:
    """x"""
    if not proc.available():
        Console(stderr=True).print("只能在 Linux 上测量（需要 /proc）。")
        raise typer.Exit(2)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(_measured(which or list(Bench), quick, directory, profile))
    console = Console()
    console.print(table_of(figures))
    if strict and not all(each.reached for each in figures):
        raise typer.Exit(1)


async def _measured(which: Sequence[Bench], quick: bool, directory: Path | None, profile: str) -> list[Figure]:
    figures: list[Figure] = []
    async with a_ground(directory, profile) as ground:
        for each in which:
            figures += await BENCHES[each](ground, quick)
    return figures


def main(args: Sequence[str]) -> int:
    try:
        app(args=list(args), prog_name="bianmin bench")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0
