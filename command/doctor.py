"""`bianmin doctor`: what is wrong, and what to do about it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rich.console import Console

from bianmin.events.registry import topic_of
from bianmin.kit import logs, migrations, parked
from bianmin.kit.db import Database, kind_of, rows
from bianmin.kit.embedded import EmbeddedError
from bianmin.kit.settings import Settings
from bianmin.kit.time_source import TimeSource
from command.deployment import SERVICES, Deployment, opened
from services.deadlines.domain.calendar.days import Coverage
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.store import rulebook

LEAST_SPACE = 1024**3
OLDEST_EVENT = 60.0
"""Seconds an event may wait to be published before something must be wrong."""
LONGEST_PERIOD = timedelta(days=120)
"""Sixty working days over a Spring Festival, with a pause: how far ahead the calendar has to be known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says what to do when it is not well."""

    state: Literal["ok", "warn", "fail"]
    what: str
    told: str
    remedy: str = ""


async def examine(settings: Settings) -> int:
    """Print every finding; 0 when nothing fails."""
    logs.setup("ERROR", json=False)
    console = Console()
    failed = False
    async for finding in _findings(settings):
        mark = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}[finding.state]
        console.print(f"{mark} {finding.what}：{finding.told}", highlight=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"    → {finding.remedy}", highlight=False)
        failed = failed or finding.state == "fail"
    return 1 if failed else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("ok", "运行环境", "生产" if settings.env == "production" else "开发（dev）：密钥自动生成，时钟可调")
    yield _space(settings)
    try:
        async with opened(settings) as deployment:
            async with _connected(deployment) as databases:
                for name, database in databases.items():
                    async for finding in _service(name, database):
                        yield finding
            yield await _log(deployment)
    except EmbeddedError as error:
        yield Finding("fail", "私有 PostgreSQL", "不能启动", str(error))
    except Exception as error:
        told = f"无法连接（{kind_of(error)}）"
        yield Finding("fail", "数据库", told, "检查 BIANMIN_DATABASE_URL、密码和网络；数据库恢复后服务自动继续。")


@asynccontextmanager
async def _connected(deployment: Deployment) -> AsyncIterator[dict[str, Database]]:
    async with deployment.databases() as databases:
        yield databases


def _space(settings: Settings) -> Finding:
    at = settings.data if settings.data.exists() else settings.data.absolute().parent
    free = shutil.disk_usage(at).free
    told = f"{at} 剩余 {free / 1024**3:.1f} GB"
    if free < LEAST_SPACE:
        return Finding("fail", "磁盘", told, "不足 1 GB：请清理或换一个数据目录（BIANMIN_DATA）。")
    return Finding("ok", "磁盘", told)


def calendar(today: date, coverage: Coverage) -> Finding:
    """Whether the national calendar is known as far ahead as a long period reaches.

    An estimate is enough for the year to come, of which the notice may not be out yet; not for the present one.
    """
    needed = today + LONGEST_PERIOD
    if coverage.until < needed:
        remedy = f"{needed.year} 年没有任何日历，跨入该年的期限无法计算：请立即录入该年的放假安排或推定安排。"
        return Finding("fail", "日历", f"只到 {coverage.until}", remedy)
    told = f"国务院公布的放假安排到 {coverage.official_until or '（无）'}"
    if coverage.official_until is None or coverage.official_until < today:
        remedy = f"{today.year} 年仍按推定计算，到期日都不可靠：请立即录入国务院公布的放假安排。"
        return Finding("fail", "日历", told, remedy)
    if coverage.official_until < needed:
        remedy = f"跨入 {needed.year} 年的到期日暂按推定计算并标明“暂定”；放假通知公布后请录入。"
        return Finding("warn", "日历", told, remedy)
    return Finding("ok", "日历", told)


async def _service(name: str, database: Database) -> AsyncIterator[Finding]:
    service = next(each for each in SERVICES if each.name == name)
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
            yield calendar(TimeSource().today(), book.calendar_of(NATIONAL).coverage)
        [(waiting, age)] = await rows(
            tx, "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox"
        )
        [(held, oldest)] = await rows(
            tx,
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(held_at)), 0)::float8 FROM held "
            "WHERE state IN ('waiting', 'gap')",
        )
    aside = await parked.count(database)
    if aside:
        yield Finding(
            "fail", name, f"{aside} 个事件被搁置", "bianmin parked list 查看原因，排除后 replay，无法挽回的 discard。"
        )
    if held and oldest > OLDEST_EVENT:
        told = f"{held} 个事件在等候前面的事件，最久 {oldest:.0f} 秒"
        yield Finding("warn", name, told, "多半是另一个服务没有运行；持续不减时运行 bianmin reconcile。")
    if age > OLDEST_EVENT:
        remedy = "检查服务是否在运行、事件通道（Kafka）能否连接；恢复后自动按序发出。"
        yield Finding("fail", name, f"{waiting} 个事件未发布，最久 {age:.0f} 秒", remedy)
    if not aside and age <= OLDEST_EVENT:
        yield Finding("ok", name, f"数据库正常，待发布 {waiting}")


async def _log(deployment: Deployment) -> Finding:
    kafka = bool(deployment.settings.kafka_servers())
    what = "事件通道（Kafka）" if kafka else "事件通道（PostgreSQL）"
    try:
        async with deployment.log() as event_log:
            lag = {
                each.name: await event_log.lag(f"bianmin.{each.name}", [topic_of(source) for source in each.listens])
                for each in SERVICES
                if each.listens
            }
    except Exception as error:
        remedy = "检查 BIANMIN_LOG_URL 和网络，主题未建立时运行 bianmin migrate topics。"
        return Finding("fail", what, f"无法连接（{kind_of(error)}）", remedy)
    behind = "、".join(f"{name} {count}" for name, count in lag.items() if count)
    return Finding("ok", what, f"未处理：{behind}" if behind else "各服务都已跟上")
