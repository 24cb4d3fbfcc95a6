"""The schema of the index through time: one linear history, run by `open.py` at each start."""
