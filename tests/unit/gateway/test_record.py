"""What an entry says of a release, beyond its commitments."""

import pytest

from services.contract.vocabulary import codes, entry
from services.gateway.record import _basis


@pytest.mark.parametrize("purpose", codes("purposes"))
def test_the_basis_of_every_purpose_is_a_power_or_duty_in_law(purpose: str) -> None:
    assert _basis(purpose) in codes("lawful-bases")
    assert _basis(purpose) == entry("purposes", purpose)["lawful_basis"]


def test_no_purpose_of_ours_has_none() -> None:
    assert _basis("ANYTHING") == ""
