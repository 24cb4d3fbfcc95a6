"""What the invariant of own records leaves to others: a label of the room counts once something leaves it, whose ever it is."""

from typing import cast

import pytest

from services.contract.decisions import Context, Profile
from services.policy.invariants.changes import own_skips
from services.policy.invariants.row import Row
from services.policy.invariants.written import Written


def _labels_added(channel: str) -> set[str]:
    context = Context("2026-11-23", "northshire-csc", "LA-CSC", "SW-CHILD", "C-S47", "OPEN", channel=channel)
    profile = Profile("northshire-csc", "childrens-social-care", True, "MATCH", "own-case")
    row = Row(context, profile, {}, cast(Written, None))
    return {label for _, _, profile in own_skips(row) for label in profile.labels}


@pytest.mark.parametrize(
    ("channel", "kept"),
    [
        ("view", set()),
        ("product", {"L:INTEL", "L:COURT", "L:INFORMANT"}),
        ("print", {"L:INTEL", "L:COURT", "L:INFORMANT"}),
        ("notice", {"L:INTEL", "L:COURT", "L:INFORMANT", "L:HBA"}),
    ],
)
def test_of_own_records_labels_of_the_room_count_wherever_something_leaves_it(
    channel: str, kept: set[str]
) -> None:
    every = {"L:INTEL", "L:COURT", "L:INFORMANT", "L:HBA", "HIV", "MH"}
    assert every - _labels_added(channel) == kept
