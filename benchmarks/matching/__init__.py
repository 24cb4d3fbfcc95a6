"""The parts of `benchmarks/match.py`."""
