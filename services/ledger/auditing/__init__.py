"""What an auditor does with a ledger: from files and public keys alone."""
