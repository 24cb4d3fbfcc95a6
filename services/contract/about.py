"""How somebody is described who is asked about: by what a worker has, whole or in part.

Promise: the `repr` of a description, and an error about one, show no value of a person; whether it says where somebody is
can be read off it alone, before anybody is looked for.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.contract.vocabulary import code_of

IDENTIFIERS = ("nhs_number", "given", "family", "birth_date", "sex")
"""What may confirm an identity: the closed list, without anything that places a person."""
OF_MOTHER = ("mother_nhs_number", "mother_birth_date")
"""What confirms a child not yet born beside something of its own: it has no number, and its date of birth is an estimate."""
CONFIRMING = (*IDENTIFIERS, *OF_MOTHER)
"""Everything that `POST /cases/{id}/identities` takes."""
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
"""System of an identifier that is an NHS number (UK Core)."""
UNBORN = "unborn-child"
"""The relation of relations.json by which a child not yet born is asked for through a parent."""
PLACES = ("postcode", "street", "uprn", "phone", "school")
"""What of a question places somebody: with any of it, right or wrong, nobody protected is a candidate."""


class About(BaseModel):
    """The person that a question is about, as the asker describes them, or a candidate that the hub offered.

    A name may be given by its beginning, three letters or more. `born_from` and `born_to` are years, both counted in.
    `relation` (a code of relations.json) and `of` go together: somebody's relative, who is described by `of`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    nhs_number: str | None = Field(None, max_length=20, repr=False)
    given: str | None = Field(None, max_length=200, repr=False)
    family: str | None = Field(None, max_length=200, repr=False)
    birth_date: str | None = Field(None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", repr=False)
    sex: str | None = Field(None, pattern=r"^(male|female|other|unknown)$", repr=False)
    postcode: str | None = Field(None, max_length=10, repr=False)
    nickname: str | None = Field(None, max_length=200, repr=False)
    """What they are called: in place of the first name, or beside it."""
    born_from: int | None = Field(None, ge=1850, le=2200, repr=False)
    born_to: int | None = Field(None, ge=1850, le=2200, repr=False)
    unborn: Literal[True] | None = Field(None, repr=False)
    """A child who is not born yet, or of whom no birth is on record."""
    street: str | None = Field(None, max_length=200, repr=False)
    """The name of a street; a house number in it is not read."""
    uprn: str | None = Field(None, pattern=r"^\d{1,12}$", repr=False)
    phone: str | None = Field(None, max_length=30, repr=False)
    school: str | None = Field(None, max_length=200, repr=False)
    relation: code_of("relations") | None = Field(None, repr=False)  # type: ignore[valid-type]
    of: "About | None" = Field(None, repr=False)
    candidate: str | None = Field(None, max_length=2000, repr=False)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "About":
        described = self.model_fields_set - {"candidate"}
        if bool(self.candidate) == bool(described):
            raise ValueError(
                "say who it is by name, number or date of birth, or by a candidate: not both, not neither"
            )
        if (self.relation is None) != (self.of is None):
            raise ValueError("a relation and whose relation it is go together")
        if self.of is not None and self.of.of is not None:
            raise ValueError(
                "of whom somebody is a relation is said by themselves, not by a further relation"
            )
        if self.born_from and self.born_to and self.born_from > self.born_to:
            raise ValueError("born_from is not after born_to")
        return self

    @property
    def by_place(self) -> bool:
        """Whether the question carries a location key; then protected people are not candidates at all."""
        return any(getattr(self, name) for name in PLACES) or (self.of is not None and self.of.by_place)

    @property
    def identifiers(self) -> frozenset[str]:
        """Those of CONFIRMING that the question names: none of them alone confirms what it led to."""
        named = {name for name in IDENTIFIERS if getattr(self, name)}
        if self.of is not None and self.relation == UNBORN:
            named |= {f"mother_{name}" for name in self.of.identifiers if f"mother_{name}" in OF_MOTHER}
        return frozenset(named | ({"given"} if self.nickname else set()))


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody under witness protection who was asked for: in no answer, for the designated officer alone."""

    person: str
    source: str
    """Whose label it is."""
    organisation: str
    """Who holds it: whose officer is alerted."""
    certain: bool = False
    """The question says for certain that it is they: a number and a second detail that agrees, or one that does not."""
