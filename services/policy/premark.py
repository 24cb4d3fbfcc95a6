"""The draft of an answer to a subject's own request: what is marked to be given and what to be kept back, before a
reviewer decides on every part (PATRQT, FAMRQT, PWATRNY).

Promise: a mark is never a release. It is what the rules say once the one that puts everything before the reviewer is
left out, read for the subject and not for the reviewer: a record is nobody's own, and no role has a ceiling.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import entry
from services.policy.ports import Rows

REVIEW = "review"
"""The channel by which the rules know a draft."""


def premarked(rows: Rows, context: Context, profiles: Sequence[Profile]) -> Sequence[tuple[Cell, ...]]:
    """A row of marks for each profile (paper filled in), by position; classes in the order of `codes("classes")`.

    `release` and `generalise` mark what may be given, `ask-owner` what somebody must look at first, `withhold` what to
    keep back, silent what must leave no trace in the answer. Raises `ValueError` for a purpose that no reviewer decides.
    """
    if entry("purposes", context.purpose)["column"] != "REFER":
        raise ValueError(f"{context.purpose} is not put before a reviewer")
    draft = replace(context, channel=REVIEW)
    return rows.rows(draft, [replace(profile, own=False) for profile in profiles])
