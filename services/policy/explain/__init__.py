"""One question answered in plain English: what happens, which rule and clause says so, what is missing, whom to ask."""
