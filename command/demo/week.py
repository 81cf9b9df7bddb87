"""One working week: what happens to each case, and the days on which it happens."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bianmin.kit.time_source import TZ
from command.demo.api import Api, Person
from command.demo.county import COUNTY, County, Item
from command.demo.people import an_applicant

MONDAY = datetime(2026, 3, 2, tzinfo=TZ)
"""A week without a holiday."""
LATER = datetime(2026, 4, 2, tzinfo=TZ)
"""When every promise of the week is over: what is still open then is late."""
AT_ONCE = 12
"""Requests under way at the same time."""

FATES = {
    "granted": 62,
    "supplemented": 14,
    "denied": 5,
    "late": 9,
    "refused": 4,
    "withdrawn": 3,
    "open": 3,
}
"""Shares of a hundred cases."""


@dataclass
class Matter:
    """One case of the week: where it comes in, on which day, and how it will go."""

    item: Item
    desk: str
    fate: str
    day: int
    applicant: dict[str, Any]
    id: str = ""

    @property
    def accepting(self) -> str:
        """A station accepts what it decides itself, otherwise the center above the desk."""
        return self.desk if self.item.decide_level == "station" else self.desk[:9]

    @property
    def path(self) -> str:
        return f"/cases/{self.id}"


def planned(county: County, cases: int, chance: random.Random) -> list[Matter]:
    """So many cases at real desks, with every procedure among them."""
    by_mode = {
        mode: [item for item in county.items if item.mode == mode] for mode in ("direct", "promised", "report_up")
    }
    fates = list(FATES)
    matters = []
    for _ in range(cases):
        item = chance.choice(by_mode[chance.choices(list(by_mode), weights=(45, 25, 30))[0]])
        desks = county.stations if "station" in item.lodge_at and chance.random() < 0.7 else county.centers
        if "center" not in item.lodge_at:
            desks = county.stations
        elif "station" not in item.lodge_at:
            desks = county.centers
        fate = chance.choices(fates, weights=list(FATES.values()))[0]
        if fate == "supplemented" and not item.needed:
            fate = "granted"
        matters.append(Matter(item, chance.choice(desks), fate, chance.randrange(5), an_applicant(chance)))
    return matters


@dataclass
class Week:
    """The play. `step` is told after each thing that was done."""

    api: Api
    matters: Sequence[Matter]
    step: Callable[[], None]

    async def play(self) -> None:
        """Five days, then a month later, when what was left lying is late."""
        for day in range(5):
            today = MONDAY + timedelta(days=day)
            mine = [matter for matter in self.matters if matter.day == day]
            yesterday = [matter for matter in self.matters if matter.day == day - 1 and matter.fate == "supplemented"]
            await self.clock(today, time(9))
            await self.each(mine, self.register)
            await self.each(yesterday, self.supplement)
            await self.clock(today, time(10, 30))
            await self.each([*mine, *yesterday], self.receive_or_refuse)
            due = [matter for matter in (*mine, *yesterday) if matter.fate in ("granted", "denied", "supplemented")]
            await self.decide(today, due)
        friday = [matter for matter in self.matters if matter.day == 4 and matter.fate == "supplemented"]
        await self.clock(MONDAY + timedelta(days=7), time(9))
        await self.each(friday, self.supplement)
        await self.each(friday, self.receive_or_refuse)
        await self.decide(MONDAY + timedelta(days=7), friday)
        await self.clock(LATER, time(9))
        await self.lamps_turn()
        await self.decide(LATER, [matter for matter in self.matters if matter.fate == "late"])

    async def clock(self, day: datetime, at: time) -> None:
        """Set the time that every service reads; only a development machine lets one."""
        await self.api.settles()
        await self.api.person("admin", "52").put(
            "/dev/clock", {"now": datetime.combine(day, at, tzinfo=TZ).isoformat()}
        )

    async def each(self, matters: Sequence[Matter], act: Callable[[Matter], Awaitable[None]]) -> None:
        """Do something with all of them, a dozen at a time, and wait until it is known everywhere."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(matter: Matter) -> None:
            async with gate:
                await act(matter)
            self.step()

        async with asyncio.TaskGroup() as group:
            for matter in matters:
                group.create_task(one(matter))
        await self.api.settles()

    async def register(self, matter: Matter) -> None:
        """Register at the desk; what is missing is told once, in a notice."""
        brought = matter.item.needed[:-1] if matter.fate == "supplemented" else matter.item.needed
        window = self.api.person("window", matter.desk)
        case = await window.post(
            "/cases",
            {
                "item_code": matter.item.code,
                "org": matter.desk,
                "channel": "window",
                "applicant": matter.applicant,
                "materials": [{"no": no, "form": "copy"} for no in brought],
            },
        )
        matter.id = case["id"]
        if case["missing"]:
            missing = [{"no": one["no"], "reason": f"未带{one['name']}"} for one in case["missing"]]
            await window.post(f"{matter.path}/supplement-notice", {"missing": missing})

    async def supplement(self, matter: Matter) -> None:
        """The next day the applicant brings the rest."""
        last = {"no": matter.item.needed[-1], "form": "original"}
        await self.api.person("window", matter.desk).post(f"{matter.path}/materials", {"materials": [last]})

    async def receive_or_refuse(self, matter: Matter) -> None:
        """The accepting organ's act: accept, or refuse with reasons. Until then the applicant may take it back."""
        window = self.api.person("window", matter.accepting)
        if matter.fate == "supplemented" and await self._waits(matter):
            return
        match matter.fate:
            case "refused":
                grounds = {
                    "reason_code": "not_eligible",
                    "reason": "不符合申请条件",
                    "legal_basis": "《行政许可法》第三十二条",
                }
                await window.post(f"{matter.path}/refuse", grounds)
            case "withdrawn":
                desk = self.api.person("window", matter.desk)
                await desk.post(f"{matter.path}/withdraw", {"reason": "申请人自行撤回"})
            case _:
                await window.post(f"{matter.path}/accept")

    async def _waits(self, matter: Matter) -> bool:
        case = await self.api.person("window", matter.desk).get(matter.path)
        return bool(case["status"] == "supplement_requested")

    async def decide(self, today: datetime, matters: Sequence[Matter]) -> None:
        """Each office in turn signs for its task and completes it; then the result is handed over."""
        accepted = [matter for matter in matters if not await self._waits(matter)]
        await self.clock(today, time(14))
        await self.each(accepted, self.work)
        await self.clock(today, time(15, 30))
        await self.each([matter for matter in accepted if matter.item.mode == "report_up"], self.work)
        await self.clock(today, time(17))
        await self.each([matter for matter in accepted if matter.item.mode != "direct"], self.deliver)

    async def work(self, matter: Matter) -> None:
        """The open step of a case: receive, complete with an opinion."""
        window = self.api.person("window", matter.accepting)
        route = await window.get(f"{matter.path}/route")
        step = next(step for step in route["steps"] if step["status"] == "assigned")
        clerk = self._clerk(step["office"])
        await clerk.post(f"/tasks/{step['id']}/receive")
        opinion: dict[str, str] = {"opinion": "agree" if step["kind"] == "review" else "grant"}
        if step["kind"] == "decide" and matter.fate == "denied":
            opinion = {"opinion": "deny", "reason_code": "not_eligible", "legal_basis": "《行政许可法》第三十八条"}
        await clerk.post(f"/tasks/{step['id']}/complete", opinion)

    def _clerk(self, office: dict[str, Any]) -> Person:
        if office["dept"] is None:
            return self.api.person("window", office["org"])  # a station is its own office
        return self.api.person("department", office["org"], office["dept"])

    async def deliver(self, matter: Matter) -> None:
        window = self.api.person("window", matter.accepting)
        await window.post(f"{matter.path}/deliver", {"method": "in_person", "signed_by": matter.applicant["name"]})

    async def lamps_turn(self) -> None:
        """Wait until the timers have found what is overdue."""
        late = [matter for matter in self.matters if matter.fate == "late" and matter.item.mode != "direct"]
        head = self.api.person("supervisor", COUNTY)
        async with asyncio.timeout(60):
            for matter in late[:3]:
                while (await head.get(matter.path))["lamp"] != "red":
                    await asyncio.sleep(0.1)
        await self.api.settles()
