"""The list of what was not given: plain where it may be, nothing where saying so would disclose."""

from services.contract.decisions import Cell
from services.gateway.answering.withheld import Marker, list_withheld, settle_silence

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


def lacking(*markers: Marker, lines: dict[str, str] = LINES) -> list[list[str]]:
    return [[one.code for one in row.missing] for row in list_withheld(markers, REFS, lines)]


NO_PAPER = Cell("withhold", "NO_AGREEMENT", "NO_AGREEMENT", missing=("isa-role",))


def test_a_row_says_what_is_missing_and_whom_to_ask() -> None:
    cell = Cell("withhold", "CONSENT_REQUIRED", "CONSENT_REQUIRED", missing=("perceived-risk", "agreement"))
    (row,) = list_withheld([Marker("p", "acute", "DM1", cell, False)], REFS, LINES)
    assert [one.code for one in row.missing] == ["agreement", "perceived-risk"]
    assert all(one.sentence.endswith(".") and one.who_can_change for one in row.missing)


def test_rows_that_fold_into_one_say_what_any_of_them_lacks_once() -> None:
    ended = Cell("withhold", "NO_AGREEMENT", "NO_AGREEMENT", missing=("isa-signed",))
    markers = [Marker(who, "acute", "ASK", NO_PAPER, False) for who in REFS]
    assert lacking(*markers, Marker("q", "acute", "ASK", ended, False)) == [["isa-role", "isa-signed"]]


def test_a_silent_cell_adds_no_word_to_a_row_that_is_there() -> None:
    silent = Cell("withhold", "NO_AGREEMENT", "", visibility="silent", missing=("dspt",))
    shown = Marker("p", "acute", "DM4", NO_PAPER, False)
    assert lacking(shown) == lacking(shown, Marker("p", "acute", "DM4", silent, False)) == [["isa-role"]]


def test_across_a_harm_link_and_of_what_is_restricted_nothing_is_said_to_be_missing() -> None:
    assert lacking(Marker("p", "acute", "DM4", NO_PAPER, True)) == [[]]
    restricted = Cell("withhold", "HARM_LOCATION", "RESTRICTED", missing=("identity",))
    assert lacking(Marker("p", "acute", "DM2", restricted, False)) == [[]]


def test_behind_one_line_for_several_a_record_never_says_whose_paper_it_is() -> None:
    line = dict.fromkeys(LINES, "adult health services")
    assert lacking(Marker("p", "sms", "DM1", NO_PAPER, False), lines=line) == [[]]
    # Of what nobody was asked it is said of every provider, whoever holds something.
    asked = [Marker("p", source, "ASK", NO_PAPER, False) for source in LINES]
    assert lacking(*asked, lines=line) == [["isa-role"]]


def test_a_word_that_is_not_in_the_list_is_not_told() -> None:
    assert lacking(
        Marker("p", "acute", "DM4", Cell("withhold", "MINIMISATION", "MINIMISATION", missing=("new",)), False)
    ) == [[]]
