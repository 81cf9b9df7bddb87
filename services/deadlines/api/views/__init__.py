"""What the API of deadlines answers."""
