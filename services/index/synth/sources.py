"""The agencies whose records are invented, and how a careful one writes down a person.

Promise: what a record leaves out or holds follows from rates that are named here; all of them are assumptions.
"""

from dataclasses import dataclass

from services.index.synth.draw import Draw, Table
from services.index.synth.people import Person, Record


@dataclass(frozen=True, slots=True)
class Agency:
    """A source. `numbered`: share of its records with the NHS number; `traced`: of those, verified."""

    code: str
    numbered: float
    traced: float


NHS, COUNCIL, HOSPICE = Agency("nhs", 0.97, 0.97), Agency("council", 0.55, 0.8), Agency("hospice", 0.93, 0.9)
SECOND = Table((NHS, COUNCIL, HOSPICE), (62, 26, 12))
"""Who sends the queries."""
PHONE, MORE, UPRN, FORMER, MAIDEN, MULTIPLE = 0.78, 0.8, 0.6, 0.5, 0.3, 0.5
"""Shares of records that hold, where there is one: telephone, further names, UPRN, address before, name before, that somebody
is one of a multiple birth."""


def written(draw: Draw, person: Person, agency: Agency, id: str) -> Record:
    """A record of somebody without any mistake, as that agency would hold it."""
    held = bool(person.nhs_number) and draw.chance(agency.numbered)
    # Every chance is drawn whether it matters or not, so that one person's facts do not move another draw.
    traced, phone, more, uprn, former, maiden, multiple = (
        draw.chance(likely) for likely in (agency.traced, PHONE, MORE, UPRN, FORMER, MAIDEN, MULTIPLE)
    )
    before = person.former_home if former else None
    return Record(
        id=id,
        source=agency.code,
        nhs_number=person.nhs_number if held else "",
        traced="1" if held and traced else "",
        given=person.given,
        more=person.more if more else "",
        family=person.family,
        former_family=person.maiden if maiden else "",
        nickname="",
        birth_date=person.born.isoformat(),
        sex=person.sex,
        line=person.home.line,
        town=person.home.town,
        postcode=person.home.postcode,
        uprn=person.home.uprn if uprn else "",
        phone=person.phone if phone else "",
        former_line=before.line if before else "",
        former_postcode=before.postcode if before else "",
        moved_on=person.moved_on if before else "",
        multiple="1" if person.twin and multiple else "",
        safe="1" if person.safe else "",
    )
