"""The event contract: the events that services publish to each other. Depends on pydantic only."""
