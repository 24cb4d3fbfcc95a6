"""What publishers send: read, checked, stored unseen, entered in the ledger, then visible."""
