"""What joins records to people, and what undoes it: edges, exclusions, un-links, and what became of a person's old id."""
