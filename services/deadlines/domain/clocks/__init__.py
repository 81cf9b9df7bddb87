"""Clocks: a period that is being watched, its signals and its lamp, without the subject it belongs to."""
