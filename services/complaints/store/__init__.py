"""The tables of complaints, and the only SQL of complaints."""
