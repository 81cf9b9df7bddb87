"""The tables of rosters, and of the days off that routing has learned."""

from datetime import date
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from bianmin.kit.sets import table_of
from services.routing.store.tables.base import RoutingTables, code_column


class RosterRow(RoutingTables, table=True):
    """The roster of an org; the JSON columns hold the dataclasses of `domain.rosters.roster`."""

    __tablename__ = "roster"
    org: str = code_column(primary_key=True)
    rotation: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    open: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    market: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    trips: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    sequence: int
    version: int


class CalendarDayRow(RoutingTables, table=True):
    """A day whose kind deadlines announced to have changed, for a region (`CN` or a division code)."""

    __tablename__ = "calendar_day"
    region: str = code_column(primary_key=True)
    day: date = Field(primary_key=True)
    works: bool


rosters = table_of(RosterRow)
calendar_days = table_of(CalendarDayRow)
