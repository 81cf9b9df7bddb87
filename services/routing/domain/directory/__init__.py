"""What routing decides about its directory: orgs, their offices and their staff."""
