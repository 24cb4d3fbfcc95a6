"""I4 and I5 hold in every state of the model of requests under one key, whichever of them meet, crash, come late or ask for
something else; and each rule is needed: without it there is a way to break one of them, which is shown.

Larger bounds: LONG=1.
"""

import os
from dataclasses import replace

import pytest

from tests.model.explore import explore
from tests.model.requests import Rules

LONG = os.environ.get("LONG") == "1"
PLAIN = Rules()
HOLDS = {
    "three tries at two gateways": PLAIN,
    "two tries, crashes upon crashes": Rules(tries=2, crashes=3),
    "the last of three is another request": replace(PLAIN, other=True),
    # Courtesy only: the sequencer decides.
    "a gateway that serves both at once": replace(PLAIN, tries=2, crashes=2, alone=False),
    # Then a repeat may find nothing kept: 409, never other bytes.
    "the answer is kept after its entry": replace(PLAIN, kept_first=False),
}
LARGER = {
    "a gateway that serves all three at once": replace(PLAIN, alone=False),
    "four tries, one of them another request": Rules(tries=4, crashes=2, changes=2, other=True),
}
NEEDED = {
    "the sequencer looks at no key": (replace(PLAIN, sequencer_looks=False), "I4: two intents"),
    "two of one batch are taken under a key": (replace(PLAIN, in_batch=False), "I4: two intents"),
    "a key is not freed at the start": (replace(PLAIN, swept=False), "I4: the key is taken for good"),
    "rehearsed after the answer": (replace(PLAIN, rehearsed_first=False), "I4: try 2 is given again"),
    "a repeat is compared with nothing": (replace(PLAIN, compared=False), "I4: try 2 is given again"),
    "a key without its request": (replace(PLAIN, tries=2, other=True, same_request=False), "I4: try 2 is given the answer"),
    "a key without its time": (replace(PLAIN, timed=False), "I4: try 2 is given again what should"),
    "a repeat without an entry": (replace(PLAIN, entered_first=False), "I4: try 2 is given bytes without"),
    "a repeat that has an outcome": (replace(PLAIN, one_outcome=False), "I5: an intent has two outcomes"),
}  # fmt: skip


@pytest.mark.parametrize("world", [*HOLDS, *(LARGER if LONG else ())])
def test_no_state_breaks_an_invariant(world: str) -> None:
    found = explore({**HOLDS, **LARGER}[world])
    assert not found.fault, found.told()
    # A machine that stands still breaks nothing either.
    assert found.states > 500


@pytest.mark.parametrize("rule", NEEDED)
def test_without_the_rule_there_is_a_way_to_break_one(rule: str) -> None:
    """`python -m tests.model` prints these ways."""
    rules, fault = NEEDED[rule]
    found = explore(rules)
    assert found.fault.startswith(fault), f"{rule}\n{found.told()}"
    assert 4 <= len(found.way) <= 30
