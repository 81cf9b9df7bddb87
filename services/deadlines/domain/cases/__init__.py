"""What happens to a case, from registration to delivery, and what follows for its clocks."""
