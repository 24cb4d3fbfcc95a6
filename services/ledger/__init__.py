"""The ledger: makes a release undeniable before a byte of it leaves."""
