"""Prints the statistics of the week, from the reports API."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from command.demo.api import Api
from command.demo.county import COUNTY, County
from command.demo.week import A_MONTH_LATER, MONDAY, PlannedCase

MODES = {
    "direct": "直接",
    "promised": "承诺",
    "joint": "联合",
    "report_up": "上报",
    "assist": "协助",
    "agency": "代办",
}
SHOWN = 14


@dataclass(frozen=True)
class Result:
    """What the demo did: its cases, the numbers of lodged and answered complaints, and how long it took."""

    county: County
    cases: Sequence[PlannedCase]
    lodged: int
    answered: int
    seconds: float


async def show(console: Console, api: Api, result: Result) -> None:
    """Print two tables from the reports, and the numbers of complaints, cases and events."""
    head = api.person("manager", COUNTY)
    period = {"org": COUNTY, "from": MONDAY.date().isoformat(), "to": A_MONTH_LATER.date().isoformat()}
    by_mode = await head.get("/reports/performance", by="mode", **period)
    by_org = await head.get("/reports/performance", by="org", **period)
    console.print(_of_modes(by_mode["items"]))
    console.print(_of_orgs(by_org["items"], result.county))
    await _show_market_days(console, api, result.county)
    outcomes = Counter(case.outcome for case in result.cases)
    counts = await api.event_counts()
    console.print(
        f"投诉 {result.lodged} 件，已答复 {result.answered} 件；补正 {outcomes['supplemented']} 件，"
        f"不予受理 {outcomes['refused']} 件，撤回 {outcomes['withdrawn']} 件。",
        highlight=False,
    )
    console.print(
        f"{len(result.cases)} 个办件，{int(counts['events_published'])} 个事件，用时 {result.seconds:.1f} 秒。",
        highlight=False,
    )


async def _show_market_days(console: Console, api: Api, county: County) -> None:
    """Print the market days of the month at one center: everybody is on duty then."""
    center = county.centers[0]
    month = await api.anonymous.get("/duty/month", org=center, month=f"{MONDAY:%Y-%m}")
    days = [day["date"][5:] for day in month["items"] if day["market_day"]]
    month_zh = f"{MONDAY.year} 年 {MONDAY.month} 月"
    console.print(f"{county.names[center]}{month_zh}赶场天（全员到岗）：{'、'.join(days)}。", highlight=False)


_COLUMNS = (
    ("登记", "registered"),
    ("受理", "accepted"),
    ("准予", "granted"),
    ("不予许可", "denied"),
    ("不予受理", "refused"),
    ("撤回", "withdrawn"),
    ("办结", "closed"),
    ("按时", "on_time"),
    ("超期", "overdue"),
)


def _of_modes(lines: Sequence[dict[str, Any]]) -> Table:
    table = Table("方式", *(zh for zh, _ in _COLUMNS), title="按办理方式")
    for line in lines:
        table.add_row(MODES.get(line["mode"], line["mode"]), *(str(line[name]) for _, name in _COLUMNS))
    return table


def _of_orgs(lines: Sequence[dict[str, Any]], county: County) -> Table:
    table = Table("受理单位", "受理", "按时", "超期", "按时率", "投诉", title="按时与超期（受理最多的单位）")
    busiest = sorted(lines, key=lambda line: -line["accepted"])
    for line in busiest[:SHOWN]:
        rate = line["on_time_rate"]
        table.add_row(
            county.names.get(line["org"], line["org"]),
            str(line["accepted"]),
            str(line["on_time"]),
            str(line["overdue"]),
            "—" if rate is None else f"{rate:.0%}",
            "—" if line["complaints"] is None else str(line["complaints"]),
        )
    rest = busiest[SHOWN:]
    if rest:
        sums = [str(sum(line[name] for line in rest)) for name in ("accepted", "on_time", "overdue")]
        table.add_row(f"其余 {len(rest)} 个", *sums, "", "")
    return table
