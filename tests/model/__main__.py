"""Prints, for each rule of the sequencer and of a repeat, the shortest way to a broken invariant without it:
`python -m tests.model`.
"""

import sys

from tests.model import test_invariants, test_requests
from tests.model.explore import explore

for name, (rules, _) in test_invariants.NEEDED.items():
    sys.stdout.write(f"{name}\n{explore(rules).told()}\n\n")
for name, (machine, _) in test_requests.NEEDED.items():
    sys.stdout.write(f"{name}\n{explore(machine).told()}\n\n")
