"""Fictional applicants: names of small lists, ids of a region that does not exist, numbers that nobody has."""

import random
from datetime import date, timedelta
from typing import Any

_FAMILY = "赵钱孙李周吴郑王冯陈杨朱秦许何吕张孔曹严华金魏陶姜罗龙石安田"
_GIVEN = "明芳强秀英华文军玉兰建国桂珍小燕志平春梅海霞永贵光荣天福正凤"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def an_applicant(chance: random.Random) -> dict[str, Any]:
    """Somebody over 18, with a well-formed id number of the fictional region 529999."""
    name = chance.choice(_FAMILY) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2))))
    born = date(1945, 1, 1) + timedelta(days=chance.randrange(21_000))
    body = f"529999{born:%Y%m%d}{chance.randrange(1000):03}"
    check = "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True)) % 11]
    return {
        "kind": "person",
        "name": name,
        "id_type": "citizen_id",
        "id_number": body + check,
        "phone": f"1300000{chance.randrange(10_000):04}",
    }
