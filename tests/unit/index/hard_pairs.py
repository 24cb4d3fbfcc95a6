"""What each category of hard pairs promises of its two records, said apart from how they are made."""

from collections.abc import Callable

from services.index import normalise
from services.index.synth.cultures import nicknames, spellings
from services.index.synth.people import Record


def elsewhere(one: Record, other: Record) -> bool:
    return (one.line, one.postcode) != (other.line, other.postcode)


def twins(one: Record, other: Record) -> bool:
    return one.birth_date == other.birth_date and one.sex == other.sex and not elsewhere(one, other)


def siblings(one: Record, other: Record) -> bool:
    return one.birth_date != other.birth_date and one.given != other.given and not elsewhere(one, other)


def alone(one: Record, other: Record, *but: str) -> bool:
    """Nothing but these columns tells them apart, what a record may leave out aside."""
    optional = {
        "id",
        "source",
        "more",
        "uprn",
        "former_family",
        "former_line",
        "former_postcode",
        "moved_on",
        "multiple",
    }
    return all(
        getattr(one, name) == getattr(other, name)
        for name in Record.__slots__
        if name not in optional | {*but}
    )


NO_NUMBER = ("nhs_number", "traced")
MOVED = ("line", "town", "postcode", "phone")
SAYS: dict[str, Callable[[Record, Record], bool]] = {
    "twins, no number": lambda a, b: twins(a, b) and a.given != b.given and not b.nhs_number,
    "twins, two numbers": lambda a, b: twins(a, b) and a.given != b.given and "" not in (a.nhs_number, b.nhs_number)
    and a.nhs_number != b.nhs_number,
    "twins, names alike, no number": lambda a, b: twins(a, b) and (a.given, a.more) != (b.given, b.more)
    and a.given[0] == b.given[0] and not b.nhs_number,
    "twins not named yet": lambda a, b: twins(a, b) and not normalise.first_given(a.given)
    and not normalise.first_given(b.given) and a.nhs_number != b.nhs_number,
    "twin with the other's number": lambda a, b: twins(a, b) and a.given != b.given and a.nhs_number == b.nhs_number != "",
    "sibling with the other's number": lambda a, b: siblings(a, b) and a.nhs_number == b.nhs_number != "",
    "sibling with the other's number and initial": lambda a, b: siblings(a, b) and a.nhs_number == b.nhs_number != ""
    and a.given[0] == b.given[0],
    "siblings, no number": lambda a, b: siblings(a, b) and not b.nhs_number,
    "same name and birth date, elsewhere": lambda a, b: (a.given, a.family, a.birth_date) == (b.given, b.family, b.birth_date)
    and a.postcode != b.postcode and not b.nhs_number and a.phone != b.phone,
    "father and son of one name": lambda a, b: (a.given, a.family) == (b.given, b.family) and not elsewhere(a, b)
    and a.birth_date < b.birth_date and not b.nhs_number,
    "before and after adoption": lambda a, b: a.birth_date == b.birth_date and a.family != b.family and elsewhere(a, b)
    and "" not in (a.nhs_number, b.nhs_number) and a.nhs_number != b.nhs_number,
    "clean, no number": lambda a, b: alone(a, b, *NO_NUMBER) and not b.nhs_number,
    "typo in given name, no number": lambda a, b: alone(a, b, *NO_NUMBER, "given") and a.given != b.given and not b.nhs_number,
    "typo in family name, no number": lambda a, b: alone(a, b, *NO_NUMBER, "family") and a.family != b.family,
    "surname changed, number": lambda a, b: alone(a, b, "family") and a.family != b.family and b.nhs_number != "",
    "day and month swapped, number": lambda a, b: alone(a, b, "birth_date")
    and normalise.swapped(a.birth_date) == b.birth_date,
    "number with a wrong check digit": lambda a, b: alone(a, b, *NO_NUMBER) and b.nhs_number != ""
    and not normalise.number(b.nhs_number),
    "moved, no number": lambda a, b: alone(a, b, *NO_NUMBER, *MOVED) and elsewhere(a, b) and not b.nhs_number,
    "moved, number": lambda a, b: alone(a, b, *MOVED) and elsewhere(a, b) and b.nhs_number != "",
    "safe address, no number": lambda a, b: alone(a, b, *NO_NUMBER, *MOVED, "safe") and b.safe == "1" and elsewhere(a, b),
    "other spelling, no number": lambda a, b: alone(a, b, *NO_NUMBER, "given", "family")
    and (b.given in spellings().get(a.given, ()) or b.family in spellings().get(a.family, ())),
    "nickname, no number": lambda a, b: alone(a, b, *NO_NUMBER, "given") and b.given in nicknames()[a.given],
    "names swapped, number": lambda a, b: (a.given, a.family) == (b.family, b.given) and b.nhs_number != "",
    "new number after gender change": lambda a, b: a.sex != b.sex and a.nhs_number != b.nhs_number
    and (a.family, a.birth_date) == (b.family, b.birth_date),
}  # fmt: skip
