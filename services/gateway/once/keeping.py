"""The answer as it is kept for its repeat, and read again.

Promise: what is read again renders to the very bytes that were sent first, partners' decimals included; where the request
carries no key nothing is kept. It stands in the ledger's vault, sealed under the keys of everybody in it.
"""

from dataclasses import dataclass
from typing import Any

from services.contract.canonical import emit, parse
from services.contract.views import FamilyView
from services.gateway.once.rehearsal import Repeatable


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered: a view without its receipt, or the code of a refusal."""

    standing: str
    view: FamilyView | None
    code: str = ""


def of_view(once: Repeatable | None, body: dict[str, Any]) -> bytes:
    """`body`: the JSON answer without its receipt."""
    return emit({"standing": once.standing, "view": body}) if once else b""


def of_refusal(once: Repeatable | None, code: str) -> bytes:
    """A refusal of the whole question."""
    return emit({"standing": once.standing, "code": code}) if once else b""


def read(answer: bytes) -> Kept:
    """What `of_view` or `of_refusal` wrote."""
    told = parse(answer)
    view = FamilyView.model_validate(told["view"]) if "view" in told else None
    return Kept(told["standing"], view, told.get("code", ""))
