"""How often information is shared, under what, for what, and what was not: counts over entries and decision records."""
