"""Complaints of the week: lodged by anybody, handled one level above the accused, followed by code."""

import random
from collections.abc import Sequence

from command.demo.api import Api
from command.demo.people import an_applicant
from command.demo.week import Matter

_TEXTS = ("办事人员态度生硬", "材料要了两次", "说好的时间没有办完", "窗口没有人", "不告诉为什么不办")


async def complain(api: Api, matters: Sequence[Matter], count: int, chance: random.Random) -> tuple[int, int]:
    """So many complaints, every second one by name; all but the last two are answered. Returns lodged and answered."""
    answered = 0
    for n, matter in enumerate(chance.sample(list(matters), min(count, len(matters)))):
        told = await api.nobody.post("/complaints", _lodging(matter, n % 2 == 1, chance))
        if n >= count - 2:
            continue
        above = matter.accepting[:6] if len(matter.accepting) == 9 else matter.accepting[:9]
        head, investigator = api.person("manager", above), api.person("investigator", above)
        path = f"/complaints/{told['id']}"
        await api.settles()
        await head.post(f"{path}/accept", {})
        await head.post(f"{path}/assign", {"investigator": f"investigator-{above}"})
        conclusion = {
            "outcome": chance.choice(("supported", "explained", "not_supported")),
            "facts": "经查阅记录并询问当事人",
            "reasons": "依据查明的事实",
            "legal_basis": "《信访工作条例》第三十二条",
        }
        await investigator.post(f"{path}/conclude", conclusion)
        await investigator.post(f"{path}/reply", {"text": "您反映的情况已经处理，谢谢监督。"})
        followed = await api.nobody.get("/complaints/follow", code=told["follow_code"])
        answered += followed["status"] == "replied"
    await api.settles()
    return min(count, len(matters)), answered


def _lodging(matter: Matter, by_name: bool, chance: random.Random) -> dict[str, object]:
    lodging: dict[str, object] = {
        "kind": "complaint",
        "subject": {"org": matter.accepting, "case_id": matter.id},
        "anonymous": not by_name,
        "text": chance.choice(_TEXTS),
        "file_ids": [],
        "channel": "mobile",
    }
    if by_name:
        person = an_applicant(chance)
        lodging["complainant"] = {"name": person["name"], "phone": person["phone"]}
    return lodging
