"""The contract: what services announce to each other. pydantic only."""
