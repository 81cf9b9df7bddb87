"""Fictional applicants: random names, id numbers of a region that does not exist, phone numbers nobody has."""

import random
from datetime import date, timedelta
from typing import Any

_FAMILY = "赵钱孙李周吴郑王冯陈杨朱秦许何吕张孔曹严华金魏陶姜罗龙石安田"
_GIVEN = "明芳强秀英华文军玉兰建国桂珍小燕志平春梅海霞永贵光荣天福正凤"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def random_applicant(rng: random.Random) -> dict[str, Any]:
    """Return an adult with a well-formed id number of the fictional region 529999, as in `POST /cases`."""
    name = rng.choice(_FAMILY) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
    birthday = date(1945, 1, 1) + timedelta(days=rng.randrange(21_000))
    body = f"529999{birthday:%Y%m%d}{rng.randrange(1000):03}"
    check = "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True)) % 11]
    return {
        "kind": "person",
        "name": name,
        "id_type": "citizen_id",
        "id_number": body + check,
        "phone": f"1300000{rng.randrange(10_000):04}",
    }
