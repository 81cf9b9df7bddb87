"""Intake: the catalog, and the desk where a matter comes in."""
