"""What routing decides: the directory of orgs, and the ways of cases through them. Pure."""
