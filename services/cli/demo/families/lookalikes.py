"""People who are easily taken for others: Mya, who is no relative of Mia, and records that no number settles.

Promise: what scenario row 11 needs stands here; none of these may ever be joined to somebody else by
itself.
"""

from services.cli.demo.families.build import SCHOOL, Shelf, address, code, named, ref
from services.cli.demo.families.people import CANAL, MIA, MYA, Person

MIA_MISSPELT = Person("Mia", "Reed", MIA.born, MIA.sex)
"""Mia at a toy library that spelt her by ear and asked for no number."""


def hospital(shelf: Shelf) -> None:
    """Mya at the same hospital as Mia."""
    mya = shelf.patient(MYA, address(CANAL), local="NHT-882310")
    shelf.seen("mya-clinic", mya, "Outpatient attendance: squint clinic", -55)


def schools(shelf: Shelf) -> None:
    """Mya at a school across the town."""
    school = {"url": SCHOOL, "valueString": "Canalside Infant School"}
    mya = shelf.patient(MYA, address(CANAL), local="UPN-B8200417", extension=[school])
    shelf.add(
        "EpisodeOfCare",
        "school-mya",
        status="active",
        type=[code("On roll at an infant school")],
        patient=ref(mya),
        managingOrganization=named("Canalside Infant School"),
        period=shelf.span(-420),
    )


def voluntary(shelf: Shelf) -> None:
    """A toy library's card, with a name spelt by ear."""
    mia = shelf.patient(MIA_MISSPELT, local="VCS-402")
    shelf.add(
        "EpisodeOfCare",
        "toys",
        status="active",
        type=[code("Toy library")],
        patient=ref(mia),
        managingOrganization=named("Northshire Voices"),
        period=shelf.span(-130),
    )
