"""Search by a part of a name, whatever its width, compatibility form and case."""

from sqlalchemy import ColumnElement, func, text

from bianmin.domain.text import fold


def name_contains(name: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """The SQL condition that a name contains `part`; both are folded in the same way."""
    folded: ColumnElement[str] = func.lower(func.normalize(name, text("NFKC")))
    return folded.contains(fold(part), autoescape=True)
