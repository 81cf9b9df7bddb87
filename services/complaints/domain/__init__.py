"""What complaints decides. Pure."""
