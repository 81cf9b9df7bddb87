"""What happens to a complaint, and what follows for its clocks."""
