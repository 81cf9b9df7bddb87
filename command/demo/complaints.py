"""The complaints of the demo week: lodged by citizens, handled one level above the accused org, tracked by code."""

import random
from collections.abc import Sequence

from command.demo.api import Api
from command.demo.people import random_applicant
from command.demo.week import PlannedCase

_TEXTS = ("办事人员态度生硬", "材料要了两次", "说好的时间没有办完", "窗口没有人", "不告诉为什么不办")


async def play_complaints(api: Api, cases: Sequence[PlannedCase], count: int, rng: random.Random) -> tuple[int, int]:
    """Lodge `count` complaints, every second one with a name, and answer all but the last two.

    Returns the numbers of lodged and of answered complaints.
    """
    answered = 0
    for n, case in enumerate(rng.sample(list(cases), min(count, len(cases)))):
        receipt = await api.anonymous.post("/complaints", _lodging(case, n % 2 == 1, rng))
        if n >= count - 2:
            continue
        above = case.accepting[:6] if len(case.accepting) == 9 else case.accepting[:9]
        head, investigator = api.person("manager", above), api.person("investigator", above)
        path = f"/complaints/{receipt['id']}"
        await api.wait_until_settled()
        await head.post(f"{path}/accept", {})
        await head.post(f"{path}/assign", {"investigator": f"investigator-{above}"})
        conclusion = {
            "outcome": rng.choice(("supported", "explained", "not_supported")),
            "facts": "经查阅记录并询问当事人",
            "reasons": "依据查明的事实",
            "legal_basis": "《信访工作条例》第三十二条",
        }
        await investigator.post(f"{path}/conclude", conclusion)
        await investigator.post(f"{path}/reply", {"text": "您反映的情况已经处理，谢谢监督。"})
        followed = await api.anonymous.get("/complaints/follow", code=receipt["follow_code"])
        answered += followed["status"] == "replied"
    await api.wait_until_settled()
    return min(count, len(cases)), answered


def _lodging(case: PlannedCase, by_name: bool, rng: random.Random) -> dict[str, object]:
    lodging: dict[str, object] = {
        "kind": "complaint",
        "subject": {"org": case.accepting, "case_id": case.id},
        "anonymous": not by_name,
        "text": rng.choice(_TEXTS),
        "file_ids": [],
        "channel": "mobile",
    }
    if by_name:
        person = random_applicant(rng)
        lodging["complainant"] = {"name": person["name"], "phone": person["phone"]}
    return lodging
