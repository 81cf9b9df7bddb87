"""What may be shown of a person: names and numbers with their middle hidden."""


def mask_name(name: str) -> str:
    """The first and last sign of a name, of a name of two the first: 张*三, 张*, *."""
    name = name.strip()
    if len(name) < 3:
        return f"{name[:-1]}*" if name else ""
    return _starred(name, 1, 1)


def mask_number(number: str) -> str:
    """A document number with its middle hidden: 3 first and 4 last signs of a long one, fewer of a short one."""
    number = number.strip()
    if len(number) < 6:
        return "*" * len(number)
    return _starred(number, 3, 4) if len(number) >= 15 else _starred(number, 1, 2)


def mask_phone(number: str) -> str:
    """A phone number with its middle hidden: 130****0001."""
    number = number.strip()
    return _starred(number, 3, 4) if len(number) >= 10 else "*" * len(number)


def _starred(text: str, first: int, last: int) -> str:
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
