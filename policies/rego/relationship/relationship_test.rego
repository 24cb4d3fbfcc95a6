package mash.relationship_test

import data.mash.fixtures_test as f
import data.mash.relationship

said(purpose, more) := f.codes(found).DM0 if {
	found := relationship.of(f.key({"purpose": purpose}, more)) with data.book as f.book
}

test_each_kind_of_purpose_reads_its_own_relationship if {
	reached := {[purpose, relationship] |
		some purpose in ["C-S47", "TREAT", "ETREAT"]
		some relationship in ["own-case", "team-case", "caseload", "permission", "incident", "none", "ANY_OTHER"]
		said(purpose, {"relationship": relationship}) == ""
	}
	reached == {
		["C-S47", "own-case"], ["C-S47", "team-case"], ["TREAT", "caseload"], ["TREAT", "permission"],
		["ETREAT", "incident"],
	}
}

test_ones_own_records_are_read_alike if said("C-S47", {"own": true, "relationship": "none"}) == "NO_RELATIONSHIP"

test_nobody_is_related_to_an_unknown if said("C-S47", {"identity": "NOT_CONFIRMED", "relationship": "none"}) == ""

test_some_purposes_do_not_read_it if said("BTG", {"relationship": "none"}) == ""

test_a_purpose_of_nobodys_reaches_nobody if said("SOMETHING", {}) == "NO_RELATIONSHIP"

test_break_glass_is_offered_where_care_stops_to_whoever_may if {
	would_do({"purpose": "TREAT", "role": "GP"}) == ["break-glass", "relationship"]
	would_do({"purpose": "TREAT", "role": "SW-CHILD"}) == ["relationship"]
	would_do({"purpose": "C-S47", "role": "GP"}) == ["relationship"]
	would_do({"purpose": "ETREAT", "role": "GP"}) == ["relationship"]
}

would_do(context) := found.DM0.missing if {
	found := relationship.of(f.key(context, {"relationship": "none"})) with data.book as f.book
}

test_what_is_refused_is_withheld_and_told if {
	found := relationship.of(f.key({}, {"relationship": "none"})) with data.book as f.book
	object.filter(found.DM0, ["effect", "silent"]) == {"effect": 3, "silent": false}
}
