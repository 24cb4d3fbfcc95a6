"""How far reviewers agree."""

import pytest

from services.index.review.agreement import agreed, kappa


def test_kappa_is_cohens() -> None:
    """The worked example of the textbook: 20 and 15 agreed of 50, 5 and 10 not: observed 0.7, by chance 0.5."""
    pairs = (
        [("same", "same")] * 20
        + [("same", "apart")] * 5
        + [("apart", "same")] * 10
        + [("apart", "apart")] * 15
    )
    assert agreed(pairs) == 35
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([]) is None
    assert kappa([("same", "same")] * 3) is None
    assert kappa([("same", "apart"), ("apart", "same")]) == pytest.approx(-1.0)
