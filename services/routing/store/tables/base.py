"""The base of the tables of routing, and their usual columns."""

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, String
from sqlmodel import Field, SQLModel

from bianmin.kit.db import NAMES
from bianmin.kit.tables import add_kit_tables


class RoutingTables(SQLModel):
    """Base of the tables of this service: another service in the process may have tables of the same names."""

    metadata = MetaData(naming_convention=NAMES)


add_kit_tables(RoutingTables.metadata)


def code_column(**options: Any) -> Any:
    """A column with a division code. It is compared byte by byte, so that an index serves `LIKE 'prefix%'`."""
    return Field(sa_column=Column(String(collation="C"), **options))


def moment_column(**options: Any) -> Any:
    """A column with a moment, stored with its time zone."""
    return Field(sa_column=Column(DateTime(timezone=True), **options))
