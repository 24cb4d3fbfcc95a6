"""Streets as workers remember them: without a number, with "Road" written out, cut short or left out.

Promise: `Orchard`, `Orchard Road` and `3 Orchard Rd` are one street; `Station Road` and `Station Street` are two.
"""

from services.index import normalise

_KINDS = {
    "road": "rd", "street": "st", "avenue": "ave", "lane": "ln", "close": "cl", "drive": "dr", "crescent": "cres",
    "terrace": "terr", "gardens": "gdns", "grove": "gr", "place": "pl", "court": "ct", "square": "sq", "way": "",
    "walk": "", "row": "", "view": "", "hill": "", "rise": "", "mews": "", "park": "pk", "parade": "pde", "green": "grn",
}  # fmt: skip
_WRITTEN = {written: kind for kind, short in _KINDS.items() for written in (kind, short) if written}


def of_text(text: str) -> str:
    """The name of a street in what somebody typed, squeezed; empty where there is none."""
    return normalise.street(text.split(",")) if text.strip() else ""


def forms(street: str) -> frozenset[str]:
    """The names under which a squeezed street is looked for: with and without what may be its kind."""
    if not street:
        return frozenset()
    return frozenset(name for name, _ in _readings(street))


def same(asked: str, held: str) -> bool:
    """Whether two squeezed names may be one street: where both say of what kind it is, it is the same kind."""
    return any(
        one == other and (not kind or not its or kind == its)
        for one, kind in _readings(asked)
        for other, its in _readings(held)
    )


def _readings(street: str) -> list[tuple[str, str]]:
    """(name, kind) of every way to read it: "bedfordrd" is Bedford Road; so "bedford" may be a Bedfo Road, and is kept whole."""
    found = [
        (street.removesuffix(written), kind)
        for written, kind in _WRITTEN.items()
        if street.endswith(written) and len(street) > len(written) + 1
    ]
    # Written out, a kind is never part of the name; cut short ("rd", "st") it may be.
    certain = any(street.endswith(kind) for kind in _KINDS) and bool(found)
    return found if certain else [*found, (street, "")]
