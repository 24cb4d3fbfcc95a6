"""Which level two values have: one example for each level of each comparison, and what counts as nothing at all."""

from dataclasses import replace

import pytest

from services.index import normalise
from services.index.matching import forms, levels, traits
from services.index.read import Home, Name, Number, Summary

NOBODY = Summary((), (), "", "", "", (), False)


def _named(given: str = "", family: str = "", *more: Name) -> Summary:
    first, *rest = [normalise.name_key(one) for one in given.split()] or [""]
    return replace(NOBODY, names=(Name(normalise.name_key(family), first, given, tuple(rest)), *more))


def _living(*homes: tuple[str, str, str]) -> Summary:
    def home(uprn: str, line: str, code: str) -> Home:
        code = normalise.postcode(code)
        return Home(uprn, normalise.squeeze(line) + code, code, "", "", normalise.street([line]))

    return replace(NOBODY, homes=tuple(home(*one) for one in homes))


def _level(one: Summary, other: Summary, comparison: str) -> str:
    found = {a.comparison: a.level for a in levels.compare(traits.of(one), traits.of(other))}
    return found.get(comparison, "")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Aisha", "AISHA", "same"),
        ("Mary Aisha", "Aisha", "another"),
        ("William", "Billy", "listed"),
        ("Mohammed", "Muhamad", "listed"),
        ("Katarzyna", "Kasia", "listed"),
        ("Tomeka", "Tomeeka", "close"),
        ("Deon", "Dion", "similar"),
        ("J", "Jennifer", "initial"),
        ("K", "Jennifer", "different"),
        ("Amelia", "Oscar", "different"),
        ("Baby", "Amelia", ""),
        ("Twin 1", "Twin 2", ""),
        ("", "Amelia", ""),
        ("Mary J", "Oscar J", "different"),
    ],
)
def test_given_names(one: str, other: str, level: str) -> None:
    assert _level(_named(one, "Shaw"), _named(other, "Shaw"), levels.GIVEN) == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("O'Brien", "OBRIEN", "same"),
        ("Okonkwo", "Okonkwoo", "close"),
        ("Smith", "Smith-Jones", "part"),
        ("Jones", "Smith-Jones", "part"),
        ("Shaw", "Shah", "similar"),
        ("Reid", "Read", "similar"),
        ("Patel", "Kowalski", "different"),
        ("Unknown", "Kowalski", ""),
    ],
)
def test_family_names(one: str, other: str, level: str) -> None:
    assert _level(_named("Ann", one), _named("Bea", other), levels.FAMILY) == level


def test_a_former_name_counts_as_another_and_names_changed_about_as_swapped() -> None:
    married, before = _named("Ann", "Reid", Name("kowalski", "ann", "")), _named("Ann", "Kowalski")
    assert _level(married, before, levels.FAMILY) == "another"
    one, other = _named("Ali", "Hassan"), _named("Hassan", "Ali")
    assert _level(one, other, levels.GIVEN) == "swapped" == _level(one, other, levels.FAMILY)
    half = _named("Hassan", "Okafor")
    assert _level(one, half, levels.GIVEN) == "different"
    assert _level(one, half, levels.FAMILY) == "swapped"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("2015-03-04", "2015-03-04", "same"),
        ("2015-03-04", "2015-04-03", "swapped"),
        ("2015-03-04", "2015-03-05", "digit"),
        ("2015-03-04", "2016-03-04", "digit"),
        ("2015-03-04", "2015-03-29", "parts"),
        ("2015-03-04", "1989-03-04", "parts"),
        ("2015-03-04", "2015-11-29", "year"),
        ("2015-03-04", "1981-11-29", "different"),
        ("2015-03-04", "", ""),
        ("2015-03-04", "2019", ""),
        ("2015-03-04", "1981", "different"),
        ("1970-01-01", "2015-03-04", ""),
        ("long ago", "2015-03-04", ""),
    ],
)
def test_dates_of_birth(one: str, other: str, level: str) -> None:
    a, b = (replace(NOBODY, birth_date=normalise.birth_date(text), born=text) for text in (one, other))
    assert _level(a, b, levels.BORN) == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("1", "12 High Street", "RG1 1AA"), ("1", "Flat 2 High St", "RG1 1AB"), "home"),
        (("", "12 High Street", "RG1 1AA"), ("", "12, high street", "rg11aa"), "home"),
        (("", "12 High Street", "RG1 1AA"), ("", "14 High Street", "RG1 1AA"), "postcode"),
        (("", "12 High Street", "RG1 1AA"), ("", "12 High Street", "RG1 1AB"), "close"),
        (("", "12 High Street", "RG1 1AA"), ("", "94 High Street", "RG6 7ZZ"), "street"),
        (("", "12 High Street", "RG1 1AA"), ("", "3 North Road", "LS6 7ZZ"), "different"),
        (("", "No fixed abode", "ZZ99 3VZ"), ("", "No fixed abode", "ZZ99 3VZ"), ""),
        (("", "No fixed abode", ""), ("", "No fixed abode", ""), ""),
    ],
)
def test_homes(one: tuple[str, str, str], other: tuple[str, str, str], level: str) -> None:
    assert _level(_living(one), _living(other), levels.PLACE) == level


def test_the_best_of_several_homes_phones_and_numbers_counts() -> None:
    here, there = ("", "12 High Street", "RG1 1AA"), ("", "3 North Road", "LS6 7ZZ")
    assert _level(_living(here, there), _living(there), levels.PLACE) == "home"
    one, other = replace(NOBODY, phones=("0770090001", "0770090002")), replace(NOBODY, phones=("0770090002",))
    assert _level(one, other, levels.PHONE) == "same"
    assert _level(one, replace(NOBODY, phones=("0770090003",)), levels.PHONE) == "different"
    one, other = (replace(NOBODY, numbers=(Number(n, True),)) for n in ("9990000018", "9990000026"))
    assert _level(one, one, levels.NUMBER) == "same"
    assert _level(one, other, levels.NUMBER) == "different"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [("male", "male", "same"), ("male", "female", "different"), ("other", "other", "")],
)
def test_sexes(one: str, other: str, level: str) -> None:
    assert _level(replace(NOBODY, sex=one), replace(NOBODY, sex=other), levels.SEX) == level


def test_forty_names_in_any_script_are_compared_and_raise_nothing() -> None:
    many = _named(" ".join(f"name{chr(97 + n % 26)}{n}" for n in range(40)), "Ali")
    assert _level(many, many, levels.GIVEN) == "same"
    assert _level(_named("محمد", "علي"), _named("محمد", "حسن"), levels.GIVEN) == "same"
    assert _level(_named("Олена", "Шевченко"), _named("Мусій", "Шевченко"), levels.GIVEN) == "different"


def test_listed_names_are_data_and_no_name_stands_alone() -> None:
    assert "muhammad" in forms.others("mohammed") and "mohammed" not in forms.others("mohammed")
    assert "bill" in forms.others("billy") and forms.others("nobodyhasthisname") == frozenset()
    assert not forms.groups("alexander") & forms.groups("alexandra")
    assert not forms.groups("mohammed") & forms.groups("ahmed")
