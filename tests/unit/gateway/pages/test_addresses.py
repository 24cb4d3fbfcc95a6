"""No address of a page can hold anything about a person: forms are sent by POST, and parameters are ids and codes."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute

from services.contract.people import About
from services.contract.problems import BadInput, NotFound
from services.gateway.pages import (
    case,
    cases,
    close,
    evidence,
    find,
    identity,
    new_case,
    receipt,
    rendering,
    start,
)
from services.gateway.pages.desk import Desk
from services.gateway.pages.forms import Form, about, made

ROOMS = (start, cases, new_case, case, close, evidence, find, identity, receipt)
IDS_AND_CODES = {"id", "kind", "purpose", "version", "name", "case"}


def routes() -> list[APIRoute]:
    nobody = cast(Desk, SimpleNamespace())
    return [one for room in ROOMS for one in room.routes(nobody).routes if isinstance(one, APIRoute)]


def test_parameters_of_addresses_are_ids_and_codes_only() -> None:
    found = {
        one.name
        for route in routes()
        for one in (*route.dependant.path_params, *route.dependant.query_params)
    }
    assert found == IDS_AND_CODES


PICKED_BY_CODE = {"matrix.html", "report.html"}
"""Pages about no person: what is picked on them is a code, an organisation or a month, and may stand in the address."""


@pytest.mark.parametrize(
    "template", sorted(path.name for path in (rendering.HERE / "templates").glob("*.html"))
)
def test_every_form_is_sent_by_post_to_the_hub_itself(template: str) -> None:
    text = (rendering.HERE / "templates" / template).read_text(encoding="utf-8")
    method = "get" if template in PICKED_BY_CODE else "post"
    for form in re.findall(r"<form\b[^>]*>", text.split("{% block content %}")[-1]):
        assert f'method="{method}"' in form and re.search(r'action="/', form), form


def test_links_of_templates_hold_ids_and_codes_only() -> None:
    allowed = re.compile(
        r"static|(case|chosen|receipt|refused|task|task\.receipt)\.id|kind|kind\.code|purpose\.code|person\.anchor|back|name|act|one\.id|one\.link|one\.case"
    )
    for path in (rendering.HERE / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|action|src)="([^"]*)"', text):
            for value in re.findall(r"{{\s*(.*?)\s*}}", link):
                assert allowed.fullmatch(value), (path.name, link)


def test_a_file_is_kept_for_good_only_under_the_digest_of_all_files() -> None:
    version = rendering.prefix().rpartition("/")[2]
    answer = rendering.static_file(version, "hub.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for wrong in ("0" * 16, ""):
        with pytest.raises(NotFound):
            rendering.static_file(wrong, "hub.css")


@pytest.mark.parametrize("name", ["../rendering.py", "built/../../rendering.py", "built", "", "nothing.css"])
def test_no_other_file_is_served(name: str) -> None:
    with pytest.raises(NotFound):
        rendering.static_file(rendering.prefix().rpartition("/")[2], name)


TYPED = {
    "nhs_number": "999 100 0011",
    "given": " Mia ",
    "born-day": "7",
    "born-month": "5",
    "born-year": "2019",
}


def test_a_person_is_read_from_the_fields() -> None:
    form = Form(TYPED)
    assert about(form) == About(nhs_number="9991000011", given="Mia", birth_date="2019-05-07")
    assert form.errors == {}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"nhs_number": "123"}, "nhs_number"),
        ({"born-day": "31", "born-month": "2"}, "born-day"),
        ({"born-year": ""}, "born-day"),
        ({"postcode": "far too long a code"}, "postcode"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_asked(wrong: dict[str, Any], place: str) -> None:
    form = Form({**TYPED, **wrong})
    assert about(form) is None
    assert list(form.errors) == [place]


def test_what_cannot_be_read_is_told_without_what_was_typed() -> None:
    with pytest.raises(BadInput) as raised:
        made(About, birth_date="the seventh", given="Mia")
    assert "seventh" not in repr(raised.value.places) and "Mia" not in repr(raised.value.places)
    assert raised.value.places
