"""What intake decides: service items and cases. Pure."""
