"""I1 to I3 hold in every state of the model, whatever crashes, comes late, is restored or runs twice; and each rule of the
sequencer is needed: without it there is a way to break one of them, which is shown.

Larger bounds: LONG=1.
"""

import os
from dataclasses import replace

import pytest

from tests.model.explore import explore
from tests.model.ledger import Rules

LONG = os.environ.get("LONG") == "1"
JOURNAL = Rules(journal=True, lock=True)
TOPIC = Rules()
HOLDS = {
    "a journal, crashes": replace(JOURNAL, crashes=3, entries=4),
    "a journal, restored again and again": replace(JOURNAL, crashes=2, restores=2, restore=("store",)),
    "a journal, its checkpoints restored": replace(JOURNAL, crashes=2, restores=2, restore=("checkpoint",)),
    "a topic, two sequencers, crashes": replace(TOPIC, crashes=2, entries=3),
    "a topic, late acknowledgements": replace(TOPIC, crashes=1, late=2, writers=1, entries=4),
    "a topic, two sequencers, late acknowledgements": replace(TOPIC, crashes=1, late=1, entries=2),
    "a topic, two sequencers, one of its stores restored": replace(TOPIC, crashes=2, restores=1, entries=2),
    "a witness, both stores restored": replace(
        JOURNAL, crashes=2, restores=1, restore=("both",), witness=True
    ),
}
LARGER = {
    "a topic, two sequencers, everything": replace(TOPIC, crashes=2, late=1, restores=1, entries=2),
    "a topic, three sequencers": replace(TOPIC, writers=3, crashes=1, entries=2),
    "a journal, everything": replace(JOURNAL, crashes=4, restores=1, entries=6),
}
NEEDED = {
    "no compare-and-swap": (replace(TOPIC, compare=False, crashes=2, restores=1, entries=3), "I3"),
    "signed before it is durable": (replace(JOURNAL, durable_first=False), "I2"),
    "answered before it is signed": (replace(JOURNAL, signed_first=False), "I1"),
    "an acknowledgement not held against the index": (replace(TOPIC, at_its_index=False), "I2"),
    "a journal without its lock": (replace(JOURNAL, lock=False, crashes=0), "I2"),
    "a store shorter than what was signed is gone on with": (
        replace(JOURNAL, halt_if_short=False, crashes=2, restores=1), "I3"),
    "both stores restored, and no witness": (replace(JOURNAL, crashes=2, restores=1, restore=("both",)), "I3"),
}  # fmt: skip


@pytest.mark.parametrize("world", [*HOLDS, *(LARGER if LONG else ())])
def test_no_state_breaks_an_invariant(world: str) -> None:
    found = explore({**HOLDS, **LARGER}[world])
    assert not found.fault, found.told()
    # A machine that stands still breaks nothing either.
    assert found.states > 100


@pytest.mark.parametrize("rule", NEEDED)
def test_without_the_rule_there_is_a_way_to_break_one(rule: str) -> None:
    """`python -m tests.model` prints these ways."""
    rules, invariant = NEEDED[rule]
    found = explore(rules)
    told = f"{rule}\n{found.told()}"
    assert found.fault.startswith(invariant), told
    # It reads as a story, a line for each step, the last of which breaks it.
    assert len(told.splitlines()) == len(found.way) + 2
    assert 3 <= len(found.way) <= 30
