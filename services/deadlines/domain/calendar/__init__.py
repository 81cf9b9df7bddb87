"""Calendars: which days and hours count in a region, and how counting them becomes a look-up."""
