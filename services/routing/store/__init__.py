"""Routing's tables, and the only SQL of routing."""
