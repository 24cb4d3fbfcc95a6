"""The hub's four services (gateway, index, policy, ledger), the words they share, and what wires them together."""
