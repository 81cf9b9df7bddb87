"""Reporting counts events into the figures by which every desk is assessed."""
