"""Reporting's schema history."""

from bianmin.kit.migrations import environment
from services.reporting.store.tables import Tables

environment(Tables.metadata)
