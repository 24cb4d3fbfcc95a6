"""Small mistakes put into the rules on purpose, to see whether tests, stories or invariants notice each."""
