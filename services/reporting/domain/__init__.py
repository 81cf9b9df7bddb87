"""What events say, and what figures are: no database, no HTTP."""
