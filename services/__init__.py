"""The hub's four services (gateway, index, policy, ledger), the words they share, and what wires them together.

Garbage is looked for seldom. Nearly all that a question makes is gone with its last reference; what stays is modules, models and
compiled rules, half a million objects that Python's usual thresholds (700, 10, 10) look through again and again: a fifth of the
time of a start, and an eighth of that of a question.
"""

import gc

gc.set_threshold(50_000, 20, 50)
