"""Reporting: the figures by which every desk is judged, from events alone."""
