"""The schema history of complaints."""

from bianmin.kit.migrations import environment
from services.complaints.store.tables import Tables

environment(Tables.metadata)
