"""The list of what was not given as it is: why, in a plain sentence, and who can change it.

Promise: silent cells leave nothing here, no row, no count, no gap; across a harm link a row names no source and no class;
and what is said to be missing never tells which of several providers it is of, nor who holds something. The order of the
rows comes of what they say alone: by person as the answer lists them, never by how records lie in a store.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.contract.decisions import Cell
from services.contract.views import Lacking, Withheld
from services.contract.vocabulary import code_list, codes
from services.gateway.answering.who_answers import A_PARTNER

EVERYTHING = "everything"
RESTRICTED = "restricted"
ASK_OWNER = "ask-owner"
Offering = Callable[[str, str, Sequence["Marker"]], str]
"""(class, source line, the markers behind a row) -> token."""
Key = tuple[str, str, str, str]
"""(person's reference, source line, class, code): what one row is about."""
_OWNERS_WORD = ("SENSITIVE_CATEGORY", "OWNER_APPROVAL")


@dataclass(frozen=True, slots=True)
class Marker:
    """One cell of the answer that is not a plain release."""

    person: str
    source: str
    class_: str
    cell: Cell
    across_harm: bool
    record: str = ""


def settle_silence(cells: Mapping[str, Cell], family_child: bool) -> Mapping[str, Cell]:
    """The cells of one record after the silence that one of its cells lays on the others.

    Where a provider's pointer is not released, a word that only the owner could lift would say that the provider holds
    something; so it is silent, but never about a child of the case's family.
    """
    pointer = cells.get("DM0")
    if family_child or pointer is None or pointer.released:
        return cells
    return {
        class_: replace(cell, visibility="silent", shown_as="", missing=(), obligations=())
        if cell.code in _OWNERS_WORD and not cell.released
        else cell
        for class_, cell in cells.items()
    }


def list_withheld(
    markers: Iterable[Marker],
    refs: Mapping[str, str],
    line_of: Mapping[str, str],
    offer: Offering | None = None,
) -> tuple[Withheld, ...]:
    """Rows without repeats: once per person, line, class and code; once per line where it is the same for everybody.

    `offer` gives the token by which a row that the owner decides on may be asked for.
    """
    rows: dict[Key, str] = {}
    owners: dict[Key, list[Marker]] = {}
    missing: dict[Key, set[str]] = {}
    shared = {line for line, count in Counter(line_of.values()).items() if count > 1}
    for marker in markers:
        if marker.cell.silent or marker.cell.effect == "release" or marker.person not in refs:
            continue
        key = (refs[marker.person], *_key(marker, line_of))
        rows.setdefault(key, marker.cell.effect)
        missing.setdefault(key, set()).update(_missing(marker, key, shared))
        if marker.cell.effect == ASK_OWNER and marker.record:
            owners.setdefault(key, []).append(marker)
            # Whatever else is refused in the same words: something of it can be asked for.
            rows[key] = ASK_OWNER
    everybody = _everybody(rows, set(refs.values()))
    return tuple(
        _row(
            key,
            everybody[key],
            [word for one, words in missing.items() if _folded(one, key) for word in words],
            offer(key[2], key[1], owners[key]) if offer and key in owners else None,
        )
        for key in sorted(everybody, key=_place(refs))
    )


def _place(refs: Mapping[str, str]) -> Callable[[Key], tuple[int, str, bool, str, str]]:
    """Rows of everybody first, then by person as the answer lists them, line, what was not asked for, class and code."""
    place = {ref: number for number, ref in enumerate(refs.values())}

    def of(key: Key) -> tuple[int, str, bool, str, str]:
        person, line, class_, code = key
        return place.get(person, -1), line, class_ != EVERYTHING, class_, code

    return of


def _missing(marker: Marker, key: Key, shared: set[str]) -> tuple[str, ...]:
    """What of the cell's words for what is missing may be told.

    Behind a line that stands for several sources, what the paper lacks is one provider's own: it is told of everything that
    was not asked for, which is alike whoever holds something, and never of a record.
    """
    if marker.across_harm or key[3] == RESTRICTED.upper():
        return ()
    return () if key[1] in shared and key[2] != EVERYTHING else marker.cell.missing


def _folded(one: Key, into: Key) -> bool:
    return one == into or (not into[0] and one[1:] == into[1:])


def _key(marker: Marker, line_of: Mapping[str, str]) -> tuple[str, str, str]:
    code = marker.cell.shown_as or marker.cell.code
    if marker.across_harm:
        # A class or a source named here would itself place the person.
        return A_PARTNER, RESTRICTED if code == "RESTRICTED" else _title(marker.class_), code
    return line_of.get(marker.source, A_PARTNER), _title(marker.class_), code


def _everybody(rows: Mapping[Key, str], refs: set[str]) -> dict[Key, str]:
    """Fold rows that say the same of every person of the answer into one with an empty `person`."""
    folded: dict[Key, str] = {}
    said_of: dict[tuple[str, str, str], set[str]] = {}
    for person, *rest in rows:
        said_of.setdefault((rest[0], rest[1], rest[2]), set()).add(person)
    for (person, source, class_, code), effect in rows.items():
        everybody = class_ == EVERYTHING and said_of[(source, class_, code)] == refs
        folded.setdefault(("" if everybody else person, source, class_, code), effect)
    return folded


def _title(class_: str) -> str:
    if class_ == "ASK":
        return EVERYTHING
    row = code_list("classes").get(class_)
    return str(row["title"]) if row else "a field that the hub does not know"


def _row(key: Key, effect: str, missing: Sequence[str], ask: str | None) -> Withheld:
    person, source, class_, code = key
    reason = (
        code_list("reasons")[code] if code in code_list("reasons") else code_list("reasons")["UNCLASSIFIED"]
    )
    # Asked for and refused: the same code, and words that do not send the worker round again.
    refused = "refused_" if effect == "withhold" and "refused_sentence" in reason else ""
    return Withheld.model_validate(
        {
            "person": person,
            "source": source,
            "class": class_,
            "code": code,
            "sentence": reason[f"{refused}sentence"],
            "who_can_change": reason[f"{refused}who_can_change"],
            "effect": effect,
            "missing": _lacking(missing),
            "ask": ask,
        }
    )


def _lacking(words: Sequence[str]) -> tuple[Lacking, ...]:
    """Each once, in the order of the list; a word that is not in it is not told."""
    rows = code_list("missing")
    return tuple(
        Lacking(
            code=code, sentence=str(rows[code]["sentence"]), who_can_change=str(rows[code]["who_can_change"])
        )
        for code in codes("missing")
        if code in words
    )
