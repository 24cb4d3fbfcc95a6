"""The emergency log: what goes on while the main store takes nothing."""
