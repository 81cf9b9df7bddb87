"""`bianmin demo`: start all services, set up the county, play the week, print the statistics."""

import asyncio
import contextlib
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bianmin.kit import logs
from bianmin.kit.auth import Tokens
from bianmin.kit.settings import Settings
from command.demo.api import Api, UnexpectedAnswer
from command.demo.complaints import play_complaints
from command.demo.county import COUNTY, load_county, set_up_county
from command.demo.tables import Result, show
from command.demo.week import PlannedCase, Week, plan_cases
from command.deployment import load_settings, open_deployment
from command.serving import application, tune_garbage_collector, uvicorn_server

SEED = 2009
COMPLAINTS = 10


async def run_demo(settings: Settings, *, case_count: int, keep: bool, data_given: bool) -> None:
    """Play the week with `case_count` cases. Keeps no data unless `keep` or `data_given` is set.

    Raises `typer.Exit` with code 2 outside `BIANMIN_ENV=dev`, 1 when a request was refused.
    """
    if settings.env != "dev":
        Console(stderr=True).print("demo 只在开发环境（BIANMIN_ENV=dev）运行：它要拨动时钟。")
        raise typer.Exit(2)
    logs.setup("ERROR", json=False)
    with contextlib.ExitStack() as stack:
        if not keep and not data_given:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="bianmin-demo-"))
            os.chmod(directory, 0o711)  # as root, PostgreSQL's account has to pass
            settings = load_settings(data=Path(directory), port=0)
        elif not keep:
            settings = settings.model_copy(update={"port": 0})
        async with running_services(settings) as (api, base):
            await _play(api, case_count)
            if keep:
                await _stay(settings, base)


@contextlib.asynccontextmanager
async def running_services(settings: Settings) -> AsyncIterator[tuple[Api, str]]:
    """Run all five services in this process; yield an HTTP client for them and their base URL."""
    async with open_deployment(settings, own=True) as deployment:
        await deployment.migrate()
        await deployment.create_topics()
        async with deployment.log() as event_log:
            server = uvicorn_server(application(deployment, event_log), settings)
            tune_garbage_collector()
            task = asyncio.create_task(server.serve())
            try:
                while not server.started:
                    if task.done():
                        raise typer.Exit(1)  # the server has logged the reason; usually the port is taken
                    await asyncio.sleep(0.02)
                port = server.servers[0].sockets[0].getsockname()[1]
                base = f"http://127.0.0.1:{port}"
                async with httpx2.AsyncClient(base_url=base, timeout=60) as http:
                    yield Api(http, Tokens(settings.token_secret())), base
            finally:
                server.should_exit = True
                await task


async def _play(api: Api, case_count: int) -> None:
    console = Console()
    started = time.monotonic()
    county = load_county()
    console.print(
        f"{county.names[COUNTY]}：{len(county.centers)} 个便民服务中心，{len(county.stations)} 个便民服务站，"
        f"事项 {len(county.items)} 个。全部通过 HTTP 接口进行。",
        highlight=False,
    )
    rng = random.Random(SEED)
    cases = plan_cases(county, case_count, rng)
    try:
        with console.status("导入区划、设立办理单位、发布事项目录…"):
            await set_up_county(api, county)
        with _bar(console) as progress:
            bar = progress.add_task("一个工作周", total=_steps(cases))
            await Week(api, cases, lambda: progress.advance(bar)).play()
            progress.update(bar, completed=progress.tasks[bar].total)
        with console.status("投诉…"):
            lodged, answered = await play_complaints(api, [case for case in cases if case.id], COMPLAINTS, rng)
        result = Result(county, cases, lodged, answered, time.monotonic() - started)
        await show(console, api, result)
    except* UnexpectedAnswer as errors:
        for error in errors.exceptions[:3]:
            Console(stderr=True).print(f"演示中断：{error}", highlight=False, style="red")
        raise typer.Exit(1) from None


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )


def _steps(cases: list[PlannedCase]) -> int:
    """Return the approximate number of requests, the length of the progress bar."""
    requests = {"granted": 4, "denied": 4, "late": 4, "supplemented": 6, "refused": 2, "withdrawn": 2, "open": 2}
    return sum(
        requests[case.outcome]
        - (case.item.mode == "direct")
        + (case.item.mode in ("report_up", "joint", "agency") and requests[case.outcome] > 2)
        for case in cases
    )


async def _stay(settings: Settings, base: str) -> None:
    console = Console()
    console.print(f"\n服务继续运行：{base}/docs　Ctrl-C 结束，数据在 {settings.data}/，下次 bianmin up 即可看到。")
    console.print("试一试（另开一个终端）：", highlight=False)
    token = f"bianmin token --role manager --org {COUNTY} --data {settings.data}"
    console.print(f"  TOKEN=$({token} | tail -n 1)", highlight=False, soft_wrap=True)
    console.print(
        f'  curl -H "Authorization: Bearer $TOKEN" "{base}/api/v1/cases?lamp=red&limit=3"',
        highlight=False,
        soft_wrap=True,
    )
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
