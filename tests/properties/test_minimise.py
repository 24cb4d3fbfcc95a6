"""Properties of minimising, over records of every type in the catalogue with every element R4 gives them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.decisions import AXES, Cell
from services.gateway.catalogue.statement import SYSTEM, verified
from services.runtime.fhir import is_valid
from tests.made_records import each_element, whole
from tests.minimising import (
    CLASSES,
    RELEASE,
    SHOWN,
    SILENT,
    Case,
    book,
    catalogue,
    cells,
    demo,
    leaves,
    referring,
    rewrite,
    step,
    texts,
)

TYPES = sorted({path.partition(".")[0].partition("[")[0] for path in book()["fields"]} - {"*"})
HELD_BACK = {"id", "meta", "text", "contained"}


@cache
def made(name: str) -> tuple[dict[str, Any], ...]:
    return (whole(name), *(record for _, record in each_element(name)))


def every_record() -> tuple[dict[str, Any], ...]:
    return (*demo(), *(record for name in TYPES for record in made(name)))


def declared() -> set[str]:
    """What a result may hold that its record did not: the words of the catalogue, and what minimising writes itself."""
    words = {word for row in book()["services"].values() for word in row.values()}
    words |= {word for row in book()["top_labels"].values() for word in row.values()}
    own = "http://hl7.org/fhir/StructureDefinition/data-absent-reason masked SUBSETTED REDACTED HTEST True "
    own += "http://terminology.hl7.org/CodeSystem/v3-ObservationValue http://terminology.hl7.org/CodeSystem/v3-ActReason"
    return words | {*own.split()}


def invented(resource: Mapping[str, Any], result: Mapping[str, Any]) -> set[str]:
    """Values of the result that are neither in the record, nor a beginning of a date there, nor declared."""
    # How sure it is: written by the hub, as far as the record itself says so.
    known = {*texts(resource)} | declared() | {SYSTEM, verified(resource)}
    ids = {value for value in texts(result) if value.startswith(("00000000-0000", "urn:uuid:00000000-0000"))}
    dates = {value[:length] for value in known if value[:4].isdigit() for length in (4, 7)} | {"ZZ99"}
    return {*texts(result)} - known - dates - ids


EFFECTS = st.one_of(
    st.just(RELEASE),
    st.just(SHOWN),
    st.just(SILENT),
    st.just(Cell("ask-owner", code="OWNER_APPROVAL", shown_as="OWNER_APPROVAL")),
    st.builds(
        lambda how: Cell("generalise", code="MINIMISATION", shown_as="MINIMISATION", how=how),
        st.fixed_dictionaries(
            {}, optional={axis: st.sampled_from(levels[1:]) for axis, levels in AXES.items()}
        ),
    ),
)
ANSWERS = st.fixed_dictionaries({}, optional=dict.fromkeys(CLASSES, EFFECTS))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(every_record()), ANSWERS)
def test_a_result_is_valid_and_adds_nothing(resource: dict[str, Any], answer: dict[str, Cell]) -> None:
    result = Case(resource, cells(**answer)).made().resource
    if result is not None:
        assert is_valid(result)
        assert not invented(resource, result)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(every_record()), ANSWERS)
def test_what_is_withheld_is_nowhere_in_the_result(resource: dict[str, Any], answer: dict[str, Cell]) -> None:
    given_cells = cells(**answer)
    result = Case(resource, given_cells).made().resource
    body = {key: value for key, value in resource.items() if key not in HELD_BACK}
    by_class = [(class_, str(value)) for class_, value in leaves(body, resource["resourceType"], resource)]
    kept = {value for class_, value in by_class if class_ in given_cells and given_cells[class_].released}
    kept |= declared() | {resource["resourceType"]}
    withheld = {
        value for class_, value in by_class if class_ not in given_cells or not given_cells[class_].released
    }
    assert not {*texts(result)} & (withheld - kept)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(every_record()), st.sampled_from(CLASSES), ANSWERS)
def test_a_silent_field_leaves_what_a_record_without_it_leaves(
    resource: dict[str, Any], class_: str, answer: dict[str, Cell]
) -> None:
    given_cells = cells(**{**answer, class_: SILENT})
    bare = without_class(resource, class_)
    silent, absent = Case(resource, given_cells).made(), Case(bare, given_cells).made()
    if silent.resource is None:
        # Where a modifier, or the word whose record it is, may not be said, the whole record is as if it never was.
        assert not silent.touched or not silent.silent
    elif catalogue().node_of(bare) is catalogue().node_of(resource):
        assert silent.resource == absent.resource
        assert silent.touched == absent.touched


@pytest.mark.parametrize("name", TYPES)
def test_an_extension_that_is_not_listed_leaves_from_nowhere(name: str) -> None:
    for resource in made(name):
        plain, laden = referring(resource), referring(laden_with_secrets(resource))
        assert "SECRET" not in texts(laden.resource)
        assert (
            plain.resource is None or laden.resource is None or body(plain.resource) == body(laden.resource)
        )


def body(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "meta"}


def laden_with_secrets(value: Any) -> Any:
    """The same, with an unlisted extension on every object and every primitive of it."""
    secret = [
        {"url": "https://publisher.example/secret", "valueString": "SECRET"},
        {"url": "secret", "valueString": "SECRET"},
    ]
    if isinstance(value, list):
        return [laden_with_secrets(one) for one in value]
    if not isinstance(value, dict):
        return value
    laden = {key: laden_with_secrets(sub) for key, sub in value.items()}
    twins = {
        f"_{key}": {"extension": secret}
        for key, sub in value.items()
        if isinstance(sub, str) and key != "resourceType"
    }
    return {**laden, **twins, "extension": secret}


def without_class(resource: Mapping[str, Any], class_: str) -> dict[str, Any]:
    """The record as if it never had anything of that class."""

    def bare(value: Mapping[str, Any], path: str) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, sub in value.items():
            if path == resource["resourceType"] and key in (*HELD_BACK, "resourceType"):
                kept[key] = sub
                continue
            items = (
                [one for one in sub if keep(f"{path}.{step(key, one)}")] if isinstance(sub, list) else [sub]
            )
            if not items or not keep(f"{path}.{step(key, items[0])}"):
                continue
            left = [bare(one, f"{path}.{step(key, one)}") if isinstance(one, dict) else one for one in items]
            left = [one for one in left if one != {}]
            if left:
                kept[key] = left if isinstance(sub, list) else left[0]
        return kept

    def keep(path: str) -> bool:
        return catalogue().class_at(path, resource) != class_

    return bare(resource, str(resource["resourceType"]))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("cell", [SHOWN, SILENT], ids=["shown", "silent"])
def test_one_class_at_a_time_is_valid_or_does_not_leave(name: str, cell: Cell) -> None:
    for resource in made(name):
        for class_ in catalogue().classes_of(resource):
            done = referring(resource, **{class_: cell})
            # Where one of several optional elements must be there, silence about all of them is silence about the record.
            assert done.dropped != "invalid" or cell is SILENT, (name, class_)
            assert done.resource is None or is_valid(done.resource)


@pytest.mark.parametrize("name", TYPES)
def test_with_every_class_released_everything_listed_leaves(name: str) -> None:
    for key, resource in each_element(name):
        done = referring(resource)
        if done.resource is None:
            # Nothing but whose record it is.
            assert done.dropped == "empty"
            root = catalogue().node_of(resource)
            assert root is not None
            assert root.members[key][1].frame, (name, key)
        else:
            assert key in done.resource, (name, key)
            assert not done.withheld, (name, key)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(every_record()))
def test_ids_are_fresh_and_the_same_within_one_answer(resource: dict[str, Any]) -> None:
    first, again = Case(resource).made().resource, Case(resource).made().resource
    other = Case(resource, rewrite=rewrite(start=100)).made().resource
    assert first == again
    if first is None or other is None:
        return
    assert resource["id"] not in texts(first)
    assert first["id"] != other["id"]
    assert not {v for v in texts(first) if "0000-4000" in v} & {v for v in texts(other) if "0000-4000" in v}
