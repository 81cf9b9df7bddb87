"""What may be shown of a person: names and numbers with their middle hidden.

Blanks and invisible characters do not count: with them a name of two signs would be shown in full.
"""

from collections.abc import Sequence

from bianmin.domain.text import signs


def mask_name(name: str) -> str:
    """The first and last sign of a name, of a name of two the first: 张*三, 张*, *."""
    found = signs(name)
    if len(found) < 3:
        return "".join([*found[:-1], "*"]) if found else ""
    return _starred(found, 1, 1)


def mask_number(number: str) -> str:
    """A document number with its middle hidden: 3 first and 4 last signs of a long one, fewer of a short one."""
    found = signs(number)
    if len(found) < 6:
        return "*" * len(found)
    return _starred(found, 3, 4) if len(found) >= 15 else _starred(found, 1, 2)


def mask_phone(number: str) -> str:
    """A phone number with its middle hidden: 130****0001."""
    found = signs(number)
    return _starred(found, 3, 4) if len(found) >= 10 else "*" * len(found)


def _starred(found: Sequence[str], first: int, last: int) -> str:
    return "".join([*found[:first], *"*" * (len(found) - first - last), *found[-last:]])
