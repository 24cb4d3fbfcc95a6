"""What a search that settled on nobody says besides its stubs: sentences of search-notes.json.

Promise: what would help is read off the question alone, so that it is the same whoever is known; a search by place carries
one constant sentence, whatever the place and whatever came of it.
"""

from services.contract.people import About
from services.contract.vocabulary import code_list, entry
from services.gateway.matching import Match

MOST_HELP = 3
"""Things that are named, those first that tell most people apart."""
_HOUSEHOLDS = {1: "ONE_HOUSEHOLD", 2: "TWO_HOUSEHOLDS", 3: "THREE_HOUSEHOLDS"}


def of(about: About, match: Match) -> tuple[str, ...]:
    """The sentences, in the order in which they are read."""
    found = []
    if match.households:
        found.append(sentence(_HOUSEHOLDS[match.households]))
    if match.one_each:
        found.append(sentence("ONE_EACH"))
    if match.match == "MANY" and (told := what_helps(about)):
        found.append(sentence("HELPS").format(what=told))
    if match.match == "NONE" and about.relation:
        found.append(sentence("THROUGH"))
    if about.by_place:
        found.append(sentence("PLACE"))
    if match.conflict:
        found.append(str(entry("reasons", "CONFLICT_OF_INTEREST")["sentence"]))
    return tuple(found)


def what_helps(about: About) -> str:
    """What the question lacks that would tell most people apart, in words; empty where it lacks nothing."""
    lacking = [
        str(row["title"])
        for row in code_list("question-parts").values()
        if not any(getattr(about, name) for name in row["said_by"])
    ][:MOST_HELP]
    return " or ".join(filter(None, (", ".join(lacking[:-1]), *lacking[-1:])))


def sentence(code: str) -> str:
    """A sentence of the list."""
    return str(entry("search-notes", code)["sentence"])
