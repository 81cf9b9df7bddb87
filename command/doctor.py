"""`bianmin doctor`: check an installation and print what is wrong and what to do."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import httpx2
from rich.console import Console

from bianmin.domain.actors import Actor
from bianmin.events.registry import topic_of
from bianmin.kit import logs, migrations, parked
from bianmin.kit.auth import Tokens
from bianmin.kit.db import Database, kind_of, rows
from bianmin.kit.embedded import EmbeddedError
from bianmin.kit.settings import Settings
from bianmin.kit.time_source import TimeSource
from command.deployment import Deployment, open_deployment, services_named
from services.deadlines.domain.calendar.days import Coverage
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.store import rulebook

MIN_FREE_DISK = 1024**3
"""Bytes."""
MAX_EVENT_AGE = 60.0
"""Seconds that an event may wait to be published, or for an earlier event, before the doctor reports it."""
LONGEST_PERIOD = timedelta(days=120)
"""How far ahead the calendar must be known: sixty working days across a Spring Festival, with a pause."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was checked, what was found and, unless all is well, what to do."""

    state: Literal["ok", "warn", "fail"]
    subject: str
    detail: str
    remedy: str = ""


async def print_findings(settings: Settings) -> int:
    """Run all checks, print every finding, and return the exit code: 1 if a check failed, else 0."""
    logs.setup("ERROR", json=False)
    console = Console()
    failed = False
    async for finding in _findings(settings):
        mark = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}[finding.state]
        console.print(f"{mark} {finding.subject}：{finding.detail}", highlight=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"    → {finding.remedy}", highlight=False)
        failed = failed or finding.state == "fail"
    return 1 if failed else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("ok", "运行环境", "生产" if settings.env == "production" else "开发（dev）：密钥自动生成，时钟可调")
    yield _disk_space(settings)
    if (secret_file := settings.token_secret_file()) is not None:
        yield await _check_secret(settings, secret_file)
    try:
        async with open_deployment(settings) as deployment:
            async with deployment.databases() as databases:
                for name, database in databases.items():
                    async for finding in _check_service(name, database):
                        yield finding
            yield await _check_log(deployment)
    except EmbeddedError as error:
        yield Finding("fail", "私有 PostgreSQL", "不能启动", str(error))
    except Exception as error:
        detail = f"无法连接（{kind_of(error)}）"
        yield Finding("fail", "数据库", detail, "检查 BIANMIN_DATABASE_URL、密码和网络；数据库恢复后服务自动继续。")


async def _check_secret(settings: Settings, secret_file: Path) -> Finding:
    """Check that the service at the port, if one runs there, takes tokens that this data directory signs."""
    token = Tokens(settings.token_secret()).issue(Actor("doctor", "52", frozenset()), "doctor", seconds=60)
    where = f"http://{settings.host}:{settings.port}"
    detail = f"由 {secret_file} 签发和核对"
    try:
        async with httpx2.AsyncClient(base_url=where, timeout=5) as http:
            answer = await http.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    except httpx2.HTTPError:
        return Finding("ok", "登录凭证", detail)
    if answer.status_code == 401:
        remedy = f"以同一个数据目录启动服务和签发凭证：--data {secret_file.parent}，或设置 BIANMIN_DATA。"
        return Finding("fail", "登录凭证", f"{where} 上的服务用的是另一个数据目录的密钥", remedy)
    return Finding("ok", "登录凭证", detail)


def _disk_space(settings: Settings) -> Finding:
    directory = settings.data if settings.data.exists() else settings.data.absolute().parent
    free = shutil.disk_usage(directory).free
    detail = f"{directory} 剩余 {free / 1024**3:.1f} GB"
    if free < MIN_FREE_DISK:
        return Finding("fail", "磁盘", detail, "不足 1 GB：请清理或换一个数据目录（BIANMIN_DATA）。")
    return Finding("ok", "磁盘", detail)


def check_calendar(today: date, coverage: Coverage) -> Finding:
    """Check that the national calendar covers the longest period that starts today.

    Next year may be estimated, as its official notice may not be published yet; the present year may not.
    """
    needed = today + LONGEST_PERIOD
    if coverage.until < needed:
        remedy = f"{needed.year} 年没有任何日历，跨入该年的期限无法计算：请立即录入该年的放假安排或推定安排。"
        return Finding("fail", "日历", f"只到 {coverage.until}", remedy)
    detail = f"国务院公布的放假安排到 {coverage.official_until or '（无）'}"
    if coverage.official_until is None or coverage.official_until < today:
        remedy = f"{today.year} 年仍按推定计算，到期日都不可靠：请立即录入国务院公布的放假安排。"
        return Finding("fail", "日历", detail, remedy)
    if coverage.official_until < needed:
        remedy = f"跨入 {needed.year} 年的到期日暂按推定计算并标明“暂定”；放假通知公布后请录入。"
        return Finding("warn", "日历", detail, remedy)
    return Finding("ok", "日历", detail)


async def _check_service(name: str, database: Database) -> AsyncIterator[Finding]:
    [service] = services_named(name)
    try:
        pending = await migrations.pending(service, database)
    except migrations.NewerThanProgram as error:
        yield Finding("fail", name, str(error))
        return
    if pending:
        yield Finding("fail", name, f"数据库结构差 {len(pending)} 个版本", "运行 bianmin migrate。")
        return
    async with database.reading() as tx:
        if name == "deadlines":
            book = await rulebook.in_force(tx)
            yield check_calendar(TimeSource().today(), book.calendar_of(NATIONAL).coverage)
        [(waiting, age)] = await rows(
            tx, "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox"
        )
        [(held, oldest)] = await rows(
            tx,
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(held_at)), 0)::float8 FROM held "
            "WHERE state IN ('waiting', 'gap')",
        )
    parked_count = await parked.count(database)
    if parked_count:
        yield Finding(
            "fail",
            name,
            f"{parked_count} 个事件被搁置",
            "bianmin parked list 查看原因，排除后 replay，无法挽回的 discard。",
        )
    if held and oldest > MAX_EVENT_AGE:
        detail = f"{held} 个事件在等候前面的事件，最久 {oldest:.0f} 秒"
        yield Finding("warn", name, detail, "多半是另一个服务没有运行；持续不减时运行 bianmin reconcile。")
    if age > MAX_EVENT_AGE:
        remedy = "检查服务是否在运行、事件通道（Kafka）能否连接；恢复后自动按序发出。"
        yield Finding("fail", name, f"{waiting} 个事件未发布，最久 {age:.0f} 秒", remedy)
    if not parked_count and age <= MAX_EVENT_AGE:
        yield Finding("ok", name, f"数据库正常，待发布 {waiting}")


async def _check_log(deployment: Deployment) -> Finding:
    kafka = bool(deployment.settings.kafka_servers())
    subject = "事件通道（Kafka）" if kafka else "事件通道（PostgreSQL）"
    try:
        async with deployment.log() as event_log:
            lag = {
                each.name: await event_log.lag(f"bianmin.{each.name}", [topic_of(source) for source in each.listens])
                for each in services_named(None)
                if each.listens
            }
    except Exception as error:
        remedy = "检查 BIANMIN_LOG_URL 和网络，主题未建立时运行 bianmin migrate topics。"
        return Finding("fail", subject, f"无法连接（{kind_of(error)}）", remedy)
    behind = "、".join(f"{name} {count}" for name, count in lag.items() if count)
    return Finding("ok", subject, f"未处理：{behind}" if behind else "各服务都已跟上")
