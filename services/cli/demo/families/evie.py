"""Evie, before adoption and after: two names, two numbers, two authorities, and nothing here that joins them.

Promise: no record of either side carries anything of the other but the given name and the date of birth,
which an adoption leaves as they are.
"""

from services.cli.demo.families.build import Shelf, address, code, named, ref
from services.cli.demo.families.people import AFTER, BEFORE, EVIE_AFTER, EVIE_BEFORE


def before(shelf: Shelf) -> None:
    """The closed record of the authority that held it."""
    evie = shelf.patient(
        EVIE_BEFORE, address(BEFORE, shelf.span(-3300, -2900)), local="CSC-22019", adoption="before"
    )
    shelf.add(
        "EpisodeOfCare",
        "episode-evie",
        adoption="before",
        status="finished",
        type=[code("Children's social care: care order, placement order")],
        patient=ref(evie),
        managingOrganization=named("Northshire children's services"),
        period=shelf.span(-3280, -2880),
    )
    shelf.add(
        "Flag",
        "plan-evie",
        adoption="before",
        labels=("L:CPROT",),
        status="inactive",
        category=[{"text": "Child protection"}],
        code=code("Subject to a child protection plan", "342191000000101"),
        subject=ref(evie),
        period=shelf.span(-3280, -3100),
    )


def after_care(shelf: Shelf) -> None:
    """The adoptive family's authority: support that must not point back."""
    evie = shelf.patient(EVIE_AFTER, address(AFTER, shelf.span(-2870)), local="ECS-7718")
    shelf.add(
        "EpisodeOfCare",
        "support",
        labels=("L:ADOPT",),
        status="active",
        type=[code("Adoption support")],
        patient=ref(evie),
        managingOrganization=named("Eastshire children's services"),
        period=shelf.span(-2800),
    )


def after_health(shelf: Shelf) -> None:
    """Her health record under the new number."""
    evie = shelf.patient(EVIE_AFTER, address(AFTER), local="ENH-40081")
    shelf.seen("eczema", evie, "Outpatient attendance: eczema review", -140)
