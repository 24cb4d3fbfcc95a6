"""The ledger as a finite machine, every state of which is looked at; and the steps of the real one held against it."""
