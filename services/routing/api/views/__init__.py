"""Response models of routing."""
