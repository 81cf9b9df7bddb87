"""The rules of complaints. Pure."""
