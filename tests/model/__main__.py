"""Prints, for each rule of the sequencer, the shortest way to a broken invariant without it: `python -m tests.model`."""

import sys

from tests.model.explore import explore
from tests.model.test_invariants import NEEDED

for name, (rules, _) in NEEDED.items():
    sys.stdout.write(f"{name}\n{explore(rules).told()}\n\n")
