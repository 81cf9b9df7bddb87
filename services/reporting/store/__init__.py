"""Reporting's tables, and the only SQL of reporting."""
