"""Routing's schema history."""

from bianmin.kit.migrations import environment
from services.routing.store.tables import Tables

environment(Tables.metadata)
