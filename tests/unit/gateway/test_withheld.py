"""The list of what was not given: plain where it may be, nothing where saying so would disclose."""

from services.contract.decisions import Cell
from services.gateway.withheld import Marker, list_withheld, settle_silence

LINES = {"acute": "Hospital", "sms": "Haven"}
REFS = {"p": "urn:uuid:1", "q": "urn:uuid:2"}
SHOWN = Cell("withhold", "MINIMISATION", "MINIMISATION")
SILENT = Cell("withhold", "SENSITIVE_CATEGORY", "", visibility="silent")


def test_a_silent_cell_leaves_no_row() -> None:
    assert list_withheld([Marker("p", "acute", "DM4", SILENT, False)], REFS, LINES) == ()


def test_a_row_says_what_why_and_who_can_change_it() -> None:
    (row,) = list_withheld([Marker("p", "acute", "DM2", SHOWN, False)], REFS, LINES)
    assert (row.person, row.source, row.code) == ("urn:uuid:1", "Hospital", "MINIMISATION")
    assert row.sentence and row.who_can_change and row.class_ == "Location"


def test_across_a_harm_link_a_row_names_no_source_and_no_class() -> None:
    harm = Cell("withhold", "HARM_LOCATION", "RESTRICTED")
    markers = [Marker("p", "acute", class_, harm, True) for class_ in ("DM2", "DM0p", "DM4")]
    (row,) = list_withheld(markers, REFS, LINES)
    assert (row.source, row.class_, row.code) == ("a partner", "restricted", "RESTRICTED")
    assert "Hospital" not in row.model_dump_json()


def test_what_no_source_was_asked_about_anybody_is_said_once_a_source() -> None:
    asked = Cell("withhold", "CONSENT_REQUIRED", "CONSENT_REQUIRED")
    rows = list_withheld([Marker(who, "acute", "ASK", asked, False) for who in REFS], REFS, LINES)
    assert [(row.person, row.source, row.class_) for row in rows] == [("", "Hospital", "everything")]


def test_where_the_pointer_is_kept_back_the_owners_word_is_silent() -> None:
    cells = {"DM0": SHOWN, "DM6": Cell("ask-owner", "OWNER_APPROVAL", "OWNER_APPROVAL", missing=("owner",))}
    settled = settle_silence(cells, family_child=False)
    assert settled["DM6"].silent and settled["DM6"].shown_as == "" and settled["DM6"].missing == ()
    assert settled["DM0"] == SHOWN


def test_but_never_about_a_child_of_the_cases_family() -> None:
    cells = {"DM0": SHOWN, "DM6": Cell("ask-owner", "OWNER_APPROVAL", "OWNER_APPROVAL")}
    assert settle_silence(cells, family_child=True) is cells


def test_an_unknown_code_is_never_shown_as_it_is() -> None:
    (row,) = list_withheld([Marker("p", "acute", "DM4", Cell("withhold", "NEW", "NEW"), False)], REFS, LINES)
    assert row.sentence
