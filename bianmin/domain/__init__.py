"""The vocabulary of the field that all services share: codes, actors, access, Chinese labels. Pure."""
