"""Two care providers who share a client: what each does for Arthur, and what one of them charges.

Promise: what scenario row 13 needs stands here; rates and staffing gaps stand in a record of their own, marked as
business information, and nowhere in the record of the care.
"""

from services.cli.demo.families.build import Shelf, address, code, named, ref
from services.cli.demo.families.people import ARTHUR, ORCHARD
from services.contract.canonical import Lexical

ROUNDS_TEAM = "beacon-rounds"
"""The team of the second provider's coordinator; its care team names it."""


def ashgrove(shelf: Shelf) -> None:
    """The first provider: its service, its visits, and its contract."""
    arthur = shelf.patient(ARTHUR, address(ORCHARD), local="ASH-2207")
    shelf.add(
        "EpisodeOfCare",
        "homecare",
        status="active",
        type=[code("Home care")],
        patient=ref(arthur),
        managingOrganization=named("Ashgrove Homecare"),
        period=shelf.span(-90),
        careManager=named("Carys Bowen, 01632 960 715"),
    )
    for key, words, days in (("morning", "Morning visit", -1), ("evening", "Evening visit", -1)):
        shelf.seen(key, arthur, words, days, kind="HH")
    shelf.add(
        "Contract",
        "terms",
        labels=("B",),
        status="executed",
        subject=[ref(arthur)],
        applies=shelf.span(-90),
        term=[
            {
                "offer": {"text": "Two carers four times a day; no cover for the evening call on Sundays"},
                "asset": [
                    {
                        "valuedItem": [{"unitPrice": {"value": Lexical("23.15"), "currency": "GBP"}}],
                        "text": "Hourly rate of Ashgrove",
                    }
                ],
            }
        ],
    )


def beacon(shelf: Shelf) -> None:
    """The second provider: it sits with him at night, and its coordinator has him on the round."""
    arthur = shelf.patient(ARTHUR, address(ORCHARD), local="BCN-118")
    shelf.care_team("rounds", arthur, ROUNDS_TEAM, "Night sitting", -30)
