"""The five services; each owns its data and learns of the others through events alone."""
