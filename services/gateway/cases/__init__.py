"""What a view is for: opening, evidence, the state of a case at a moment."""
