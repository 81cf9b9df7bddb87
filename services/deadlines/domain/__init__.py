"""The rules of time, as functions of values."""
