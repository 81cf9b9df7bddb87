"""The working week of the demo: what happens to each case on which day."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bianmin.kit.time_source import TZ
from command.demo.api import Api, Person
from command.demo.county import COUNTY, County, Item
from command.demo.people import random_applicant

MONDAY = datetime(2026, 3, 2, tzinfo=TZ)
"""A week without a holiday."""
A_MONTH_LATER = datetime(2026, 4, 20, tzinfo=TZ)
"""All promised periods of the week are over by then: a case still open is overdue."""
AT_ONCE = 12
"""Number of concurrent requests."""

OUTCOMES = {
    "granted": 62,
    "supplemented": 14,
    "denied": 5,
    "late": 9,
    "refused": 4,
    "withdrawn": 3,
    "open": 3,
}
"""How many of a hundred cases end how."""


MODES = {"direct": 36, "promised": 20, "report_up": 24, "joint": 7, "agency": 8, "assist": 5}
"""How many of a hundred cases are handled in which mode."""


@dataclass
class PlannedCase:
    """A case of the week: `desk` where it is registered, `outcome` it gets, and `day` of the week, 0 for Monday."""

    item: Item
    desk: str
    outcome: str
    day: int
    applicant: dict[str, Any]
    id: str = ""

    @property
    def accepting(self) -> str:
        """Code of the accepting org: the station if it decides the item itself or mediates, else the center above."""
        return self.desk if self.item.decide_level == "station" or self.item.dispute else self.desk[:9]

    @property
    def has_result(self) -> bool:
        """Whether the decision has to be delivered to the applicant."""
        return self.item.mode not in ("direct", "assist") and not self.item.dispute

    @property
    def path(self) -> str:
        """Path of the case in the API."""
        return f"/cases/{self.id}"


def plan_cases(county: County, count: int, rng: random.Random) -> list[PlannedCase]:
    """Return `count` random cases at real desks, in all modes of handling."""
    by_mode = {mode: [item for item in county.items if item.mode == mode] for mode in MODES}
    outcomes = list(OUTCOMES)
    cases = []
    for _ in range(count):
        item = rng.choice(by_mode[rng.choices(list(MODES), weights=list(MODES.values()))[0]])
        desks = county.stations if "station" in item.lodge_at and rng.random() < 0.7 else county.centers
        if "center" not in item.lodge_at:
            desks = county.stations
        elif "station" not in item.lodge_at:
            desks = county.centers
        outcome = rng.choices(outcomes, weights=list(OUTCOMES.values()))[0]
        if outcome == "supplemented" and not item.needed:
            outcome = "granted"
        cases.append(PlannedCase(item, rng.choice(desks), outcome, rng.randrange(5), random_applicant(rng)))
    return cases


@dataclass
class Week:
    """Plays the week. `step` is called after each act on a case."""

    api: Api
    cases: Sequence[PlannedCase]
    step: Callable[[], None]
    today: str = ""

    async def play(self) -> None:
        """Play five days, then a day a month later, on which the forgotten cases are overdue."""
        for day in range(5):
            today = MONDAY + timedelta(days=day)
            todays_cases = [case for case in self.cases if case.day == day]
            yesterday = [case for case in self.cases if case.day == day - 1 and case.outcome == "supplemented"]
            await self.set_clock(today, time(9))
            await self.for_each(todays_cases, self.register)
            await self.for_each(yesterday, self.supplement)
            await self.set_clock(today, time(10, 30))
            await self.for_each([*todays_cases, *yesterday], self.accept_or_refuse)
            due = [
                case for case in (*todays_cases, *yesterday) if case.outcome in ("granted", "denied", "supplemented")
            ]
            await self.decide(today, due)
        friday = [case for case in self.cases if case.day == 4 and case.outcome == "supplemented"]
        await self.set_clock(MONDAY + timedelta(days=7), time(9))
        await self.for_each(friday, self.supplement)
        await self.for_each(friday, self.accept_or_refuse)
        await self.decide(MONDAY + timedelta(days=7), friday)
        await self.set_clock(A_MONTH_LATER, time(9))
        await self.wait_for_red_lamps()
        await self.decide(A_MONTH_LATER, [case for case in self.cases if case.outcome == "late"])

    async def set_clock(self, day: datetime, at: time) -> None:
        """Set the clock of all services, which only the dev environment allows."""
        await self.api.wait_until_settled()
        self.today = day.date().isoformat()
        await self.api.person("admin", "52").put(
            "/dev/clock", {"now": datetime.combine(day, at, tzinfo=TZ).isoformat()}
        )

    async def for_each(self, cases: Sequence[PlannedCase], act: Callable[[PlannedCase], Awaitable[None]]) -> None:
        """Call `act` with every case, `AT_ONCE` at a time, then wait until all events are processed."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def act_on(case: PlannedCase) -> None:
            async with limit:
                await act(case)
            self.step()

        async with asyncio.TaskGroup() as group:
            for case in cases:
                group.create_task(act_on(case))
        await self.api.wait_until_settled()

    async def register(self, case: PlannedCase) -> None:
        """Register the case at its desk and give the one-time notice if materials are missing."""
        brought = case.item.needed[:-1] if case.outcome == "supplemented" else case.item.needed
        window = self.api.person("window", case.desk)
        answer = await window.post(
            "/cases",
            {
                "item_code": case.item.code,
                "org": case.desk,
                "channel": "window",
                "applicant": case.applicant,
                "materials": [{"no": no, "form": "copy"} for no in brought],
            },
        )
        case.id = answer["id"]
        if answer["missing"]:
            missing = [{"no": material["no"], "reason": f"未带{material['name']}"} for material in answer["missing"]]
            await window.post(f"{case.path}/supplement-notice", {"missing": missing})

    async def supplement(self, case: PlannedCase) -> None:
        """Hand in the missing material, the day after."""
        last = {"no": case.item.needed[-1], "form": "original"}
        await self.api.person("window", case.desk).post(f"{case.path}/materials", {"materials": [last]})

    async def accept_or_refuse(self, case: PlannedCase) -> None:
        """Accept, refuse or withdraw the case, as planned. A case that still waits for materials is left alone."""
        window = self.api.person("window", case.accepting)
        if case.outcome == "supplemented" and await self._awaits_materials(case):
            return
        match case.outcome:
            case "refused":
                grounds = {
                    "reason_code": "not_eligible",
                    "reason": "不符合申请条件",
                    "legal_basis": "《行政许可法》第三十二条",
                }
                filed = {"facts": "经核对材料，不符合条件", "reason": grounds["reason"]}
                filed["legal_basis"] = grounds["legal_basis"]
                filing = await window.post(f"{case.path}/refusal-filings", filed)
                head = self.api.person("manager", case.accepting)
                await head.post(f"/refusal-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"})
                await window.post(f"{case.path}/refuse", grounds)
            case "withdrawn":
                desk = self.api.person("window", case.desk)
                await desk.post(f"{case.path}/withdraw", {"reason": "申请人自行撤回"})
            case _:
                await window.post(f"{case.path}/accept")

    async def _awaits_materials(self, case: PlannedCase) -> bool:
        answer = await self.api.person("window", case.desk).get(case.path)
        return bool(answer["status"] == "supplement_requested")

    async def decide(self, today: datetime, cases: Sequence[PlannedCase]) -> None:
        """Have the offices complete their tasks in the afternoon, one after the other; then deliver the results."""
        accepted = [case for case in cases if not await self._awaits_materials(case)]
        await self.set_clock(today, time(14))
        await self.for_each(accepted, self.work)
        await self.set_clock(today, time(15, 30))
        await self.for_each([case for case in accepted if case.item.mode in ("report_up", "joint")], self.work)
        await self.for_each([case for case in accepted if case.item.dispute and case.outcome == "denied"], self.work)
        await self.set_clock(today, time(17))
        await self.for_each([case for case in accepted if case.has_result], self.deliver)
        await self.for_each([case for case in accepted if case.item.mode == "agency"], self.reply)

    async def work(self, case: PlannedCase) -> None:
        """Sign for the open tasks of the case and complete them with an opinion; mediate a dispute."""
        window = self.api.person("window", case.accepting)
        route = await window.get(f"{case.path}/route")
        for step in route["steps"]:
            if step["status"] == "assigned":
                await (self._mediate if case.item.dispute else self._complete)(case, step)

    async def _complete(self, case: PlannedCase, step: dict[str, Any]) -> None:
        clerk = self._clerk(step["office"])
        await clerk.post(f"/tasks/{step['id']}/receive")
        if case.item.two_staff_check and step["kind"] != "assist":
            second = self.api.person("manager", step["office"]["org"])
            await second.post(f"/tasks/{step['id']}/verify")
        opinion: dict[str, str] = {"opinion": {"review": "agree", "decide": "grant", "assist": "helped"}[step["kind"]]}
        if step["kind"] == "decide" and case.outcome == "denied":
            await self._file_denial(case, step, clerk)
            opinion = {"opinion": "deny", "reason_code": "not_eligible", "legal_basis": "《行政许可法》第三十八条"}
        if step["kind"] == "assist":
            opinion["note"] = "已帮助填写表格、备齐材料，请本人持身份证到县政务服务中心办理。"
        await clerk.post(f"/tasks/{step['id']}/complete", opinion)

    async def _file_denial(self, case: PlannedCase, step: dict[str, Any], clerk: Person) -> None:
        """File the intention to deny; the head agrees (否决报备)."""
        grounds = {"facts": "经核查不符合条件", "reason": "不符合申请条件", "legal_basis": "《行政许可法》第三十八条"}
        filing = await clerk.post(f"{case.path}/denial-filings", grounds)
        head = self.api.person("manager", step["office"]["org"])
        await head.post(f"/denial-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"})

    async def _mediate(self, case: PlannedCase, step: dict[str, Any]) -> None:
        """Mediate at the office whose turn it is. Where the first level fails, the next one settles the dispute."""
        clerk = self._clerk(step["office"])
        fails = case.outcome == "denied" and step["seq"] == 1 and len(case.desk) > len(COUNTY)
        note = "未达成协议。" if fails else "双方达成协议，各方已签字。"
        outcome = "failed" if fails else "agreed"
        body = {"on": self.today, "mediators": ["人民调解员"], "outcome": outcome, "note": note}
        await clerk.post(f"{case.path}/mediations", body)
        if fails:
            await clerk.post(f"/disputes/{case.id}/escalate", {"why": "本级调解未成"})

    def _clerk(self, office: dict[str, Any]) -> Person:
        if office["dept"] is None:
            return self.api.person("window", office["org"])  # a station, where the window handles the task
        return self.api.person("department", office["org"], office["dept"])

    async def deliver(self, case: PlannedCase) -> None:
        """Hand the result over at the window."""
        window = self.api.person("window", case.accepting)
        await window.post(f"{case.path}/deliver", {"method": "in_person", "signed_by": case.applicant["name"]})

    async def reply(self, case: PlannedCase) -> None:
        """Tell the applicant the result of a case that the desk carried."""
        agent = self.api.person("agent", case.desk)
        await agent.post(f"{case.path}/reply", {"method": "visit", "text": "结果已送到家中，当面说明。"})

    async def wait_for_red_lamps(self) -> None:
        """Wait until the timers have turned the lamps of overdue cases red. Raises `TimeoutError` after 60 seconds."""
        late = [case for case in self.cases if case.outcome == "late" and case.has_result]
        head = self.api.person("supervisor", COUNTY)
        async with asyncio.timeout(60):
            for case in late[:3]:
                while (await head.get(case.path))["lamp"] != "red":
                    await asyncio.sleep(0.1)
        await self.api.wait_until_settled()
