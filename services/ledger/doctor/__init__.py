"""The doctor: what an installation's ledger stands on, looked at piece by piece and said in one line each."""
