"""What routing decides: the directory of orgs, and the routes of accepted cases. Pure."""
