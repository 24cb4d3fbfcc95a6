"""The matrix of one question, for those who answer for the policies.

Promise: it is shown to roles of governance only, it holds codes and names of organisations, and no person is in it.
"""

from collections.abc import Sequence

from services.contract.cases import Asker
from services.contract.decisions import Matrix, MatrixAsked
from services.contract.problems import NotAllowed
from services.contract.vocabulary import codes, entry
from services.gateway.parts import Parts
from services.gateway.profiles import day


def governs(role: str) -> bool:
    """Whether a role answers for the policies: IG lead, Caldicott Guardian, data protection and privacy officer …"""
    return role in codes("roles") and entry("roles", role)["group"] == "GOVERNANCE"


def show_matrix(
    parts: Parts, asker: Asker, organisation: str, role: str, purpose: str, holder: str = ""
) -> Matrix:
    """The matrix as the policies are today. Raises `NotAllowed`, `BadInput` (a word nobody knows), `PolicyUnavailable`."""
    _allowed(asker)
    return parts.policy.matrix(MatrixAsked(organisation, role, purpose, day(parts.now()), holder))


def choices(parts: Parts, asker: Asker) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Organisations that may ask, and those that hold records: (id, name), in the order of their names."""
    _allowed(asker)
    book = parts.shelf.current()
    every = sorted((one.name, one.id) for one in book.organisations.values())
    holding = {source.organisation for source in book.sources.values()}
    return [(id, name) for name, id in every], [(id, name) for name, id in every if id in holding]


def _allowed(asker: Asker) -> None:
    if not governs(asker.role):
        raise NotAllowed("the policies are shown in full to those who answer for them")
