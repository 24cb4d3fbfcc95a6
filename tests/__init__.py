"""What shows that the hub keeps its promises, on the embedded parts and on the real ones."""
