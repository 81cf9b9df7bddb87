"""`bianmin bench`: run benches and print their figures."""

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

from bench import cases, consumer, deadlines, latency, lifecycle, memory, proc, province_day, relay
from bench.county import CannotMeasure
from bench.environment import Environment, environment_in
from bench.figures import Figure, table_of
from bianmin.kit import logs
from bianmin.kit.embedded import EmbeddedError

Measure = Callable[[Environment, bool], Awaitable[list[Figure]]]


class Bench(StrEnum):
    """Names of the benches on the command line."""

    CASES = "cases"
    RELAY = "relay"
    CONSUMER = "consumer"
    LATENCY = "latency"
    MEMORY = "memory"
    DEADLINES = "deadlines"
    LIFECYCLE = "lifecycle"
    PROVINCE_DAY = "province-day"


BENCHES: Mapping[Bench, Measure] = {
    Bench.CASES: cases.measure,
    Bench.RELAY: relay.measure,
    Bench.CONSUMER: consumer.measure,
    Bench.LATENCY: latency.measure,
    Bench.MEMORY: memory.measure,
    Bench.DEADLINES: deadlines.measure,
    Bench.LIFECYCLE: lifecycle.measure,
    Bench.PROVINCE_DAY: province_day.measure,
}
app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
_err = Console(stderr=True)


@app.command()
def bench(
    which: Annotated[list[Bench] | None, typer.Argument(help="要测的项目；不填为全部", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="少测几轮，看个大概：约一分钟")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有目标未达到时返回 1（否则量完即返回 0）")] = False,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="临时数据库放在这个目录下（应在磁盘上），默认 /var/tmp")
    ] = None,
    clocks: Annotated[
        int | None, typer.Option(min=1000, help="deadlines 用多少个走着的时钟，默认一百万（--quick 十万）")
    ] = None,
    stored: Annotated[
        int, typer.Option(min=0, help="lifecycle 再在多少件已办结的办件之中测一次，如 1000000", show_default=False)
    ] = 0,
    share: Annotated[float, typer.Option(min=0.0001, max=1, help="province-day 演全省一个工作日的多大一份")] = 0.01,
    profile: Annotated[
        Path | None, typer.Option(help="把 cases 或 latency 中服务进程的 cProfile 结果写入这个文件；此时的比值不作数")
    ] = None,
) -> None:
    """测量性能，与目标对照，打印一张表。

    前三项和 `deadlines` 的两项是同一次运行中两种做法所用 CPU 时间（服务进程加数据库全部进程）之比，
    机器快慢、别人占用多少，对两边一样，所以在任何机器上都可以比较；其余是绝对值。

    - `cases`：`POST /cases`，32 个客户端，一切照常（凭证、校验、加密、编号、时间线、事件转发），
      对比只校验、不存任何东西的同一个请求
    - `relay`：把事件从发件箱转入事件日志，对比做同样增删的裸循环
    - `consumer`：统计收取事件，对比做同样写入的手写 SQL
    - `latency`：每秒 50 件，从受理请求到时限和统计可见要多久
    - `memory`：`bianmin up` 连同数据库空闲时的内存
    - `deadlines`：许多走着的时钟：空转、到点、日历变动后重新计算，对比写同样行的裸 SQL；从到点到事件要多久

    - `lifecycle`：一件办件的全过程（登记、受理、读路线、签收、办结、读路线、送达、查询），200 个客户端，
      对比八次只校验不存的请求；`--stored N` 再在 N 件已办结的办件之中测一次

    - `province-day`：全省一个工作日（36 万件）的一份（`--share 0.01`）：17964 个村站、现有的各种方式、投诉；
      五个进程，打印全天要多少分钟、每件在各服务所用的 CPU、事件数

    全部约十分钟。使用临时目录中的私有 PostgreSQL（fsync 照常），用完删除，不碰 `var/` 中的数据。
    例：`bianmin bench`、`bianmin bench cases relay --quick`
    """
    if not proc.available():
        _err.print("只能在 Linux 上测量（需要 /proc/*/smaps_rollup）。")
        raise typer.Exit(2)
    logs.setup("ERROR", json=False)
    before = os.getloadavg()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures = runner.run(_measured(which or list(Bench), quick, directory, profile, clocks, stored, share))
    except (CannotMeasure, EmbeddedError, TimeoutError) as error:
        _err.print(f"没有量成（{type(error).__name__}）：{error}", highlight=False, markup=False)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    _print(figures, before)
    if strict and not all(each.reached for each in figures):
        raise typer.Exit(1)


async def _measured(
    which: Sequence[Bench],
    quick: bool,
    directory: Path | None,
    profile: Path | None,
    clocks: int | None,
    stored: int,
    share: float,
) -> list[Figure]:
    figures: list[Figure] = []
    with _err.status("准备一个县的数据") as status:
        async with environment_in(directory, profile, clocks, stored, share) as environment:
            for each in dict.fromkeys(which):
                status.update(f"正在测量 {each.value}")
                figures += await BENCHES[each](environment, quick)
    return figures


def _print(figures: Sequence[Figure], load_before: tuple[float, float, float]) -> None:
    console = Console()
    console.print(table_of(figures))
    for each in figures:
        if each.detail:
            console.print(f"{each.title}：{each.detail}", highlight=False, markup=False)
    console.print(
        f"{os.cpu_count()} 核，Linux {platform.release()}，Python {platform.python_version()}，PostgreSQL 18；"
        f"一分钟平均负载：开始 {load_before[0]:.2f}，结束 {os.getloadavg()[0]:.2f}",
        highlight=False,
    )


def main(args: Sequence[str]) -> int:
    """Run the benches that the arguments name; return the exit code, 0 when all were measured."""
    try:
        app(args=list(args), prog_name="bianmin bench")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0
