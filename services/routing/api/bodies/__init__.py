"""Request bodies of routing."""
