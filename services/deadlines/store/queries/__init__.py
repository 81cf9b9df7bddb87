"""The selects behind lists and views."""
