"""Grounds: which a case may stand on, and on which of them it goes on over a person's objection.

Promise: the lists are those of schemas/vocabulary/grounds.json; a purpose that does not read an objection needs no ground
to go over one, and is offered none.
"""

from services.contract.vocabulary import code_list, entry


def over_objection(purpose: str) -> tuple[str, ...]:
    """The grounds on which this purpose goes on although the person objected; none where it honours the objection always."""
    if purpose not in code_list("purposes") or not entry("purposes", purpose)["objection"]:
        return ()
    return tuple(
        code for code, row in code_list("grounds").items() if row["stated"] and purpose in row["purposes"]
    )
