"""How sure a statement in a record is: fact seen, professional opinion, allegation, unverified, or found by a court or panel.

Promise: it goes with whatever leaves of the record, minimised and made coarser too, so that an allegation never reads as a
fact; of two the more cautious stands; and a record that says nothing, or an unknown word, is never given a status.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.vocabulary import code_list

SYSTEM = "urn:mash:cs:statement-status"
STATEMENT = f"meta.tag({SYSTEM})"
"""Its place in a record, as the catalogue names it."""
_LIST = "statement-status"


def tagged(resource: Mapping[str, Any]) -> str:
    """The status that the record's own tag gives; empty for none, and for a word that is not of the list."""
    given = resource.get("meta", {}).get("tag", ())
    return _first(str(tag.get("code", "")) for tag in given if tag.get("system") == SYSTEM)


def verified(resource: Mapping[str, Any]) -> str:
    """The status that its verification status of FHIR means; empty where it has none, or one that means none of them."""
    status = resource.get("verificationStatus")
    codings = status.get("coding", ()) if isinstance(status, Mapping) else ()
    said = {str(coding.get("code", "")) for coding in codings}
    return _first(code for code, row in code_list(_LIST).items() if not said.isdisjoint(row["fhir"]))


def tag(status: str) -> Mapping[str, str]:
    """The tag by which a released record carries it."""
    return {"system": SYSTEM, "code": status}


def _first(found: Iterator[str]) -> str:
    """The most cautious of the codes found that are words of the list."""
    codes = set(found)
    return next((code for code in code_list(_LIST) if code in codes), "")
