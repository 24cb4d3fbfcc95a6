package mash.matrix_test

import data.mash.fixtures_test as f
import data.mash.matrix

said(context, more, classes) := found if {
	everything := matrix.of(f.key(context, more)) with data.book as f.book
	found := f.of_classes(everything, classes)
}

test_each_level_of_a_column if {
	found := said({}, {}, ["DM0", "DM4", "DM5", "DM8", "DM9", "DM2"])
	not found.DM0
	found.DM4.how == {"date": "month"}
	found.DM5.effect == 2
	found.DM8.code == "COMMERCIAL"
	found.DM9.effect == 3

	# A class without a cell in the column.
	found.DM2.effect == 3
}

test_the_child_of_the_case_and_the_same_place if {
	not said({}, {"subject": "case-child"}, ["DM5"]).DM5
	not said({}, {"same_place": true}, ["DM9"]).DM9
	said({}, {"same_place": "yes"}, ["DM9"]).DM9.effect == 3
}

test_the_owners_approval_opens_what_was_put_to_the_owner if {
	not said({}, {"owner_decision": "approved"}, ["DM5"]).DM5
	said({}, {"owner_decision": "approved"}, ["DM8"]).DM8.effect == 3
}

test_a_class_in_no_list_is_unclassified_in_ones_own_records_too if {
	every own in [true, false] {
		said({}, {"own": own}, ["ANY_OTHER"]).ANY_OTHER.code == "UNCLASSIFIED"
	}
	said({}, {"own": true}, ["DM8"]) == {}
}

test_a_purpose_of_nobodys_gives_nothing if {
	said({"purpose": "SOMETHING"}, {}, ["DM0", "ASK"]).DM0.effect == 3
	said({"purpose": "SOMETHING"}, {}, ["ASK"]).ASK.effect == 3
}

test_a_purpose_that_needs_nothing_asks_nobody if {
	said({"purpose": "HTEST"}, {"own": true}, ["ASK"]).ASK.effect == 3
	said({}, {}, ["ASK"]) == {}
}

test_people_are_counted_for_numbers_alone if {
	every own in [true, false] {
		said({"purpose": "HRESCH"}, {"own": own}, ["COUNT"]) == {}
		said({"purpose": "HRESCH"}, {"own": own}, ["ASK"]).ASK.code == "DEIDENTIFIED_ONLY"
		every purpose in ["C-S47", "FAM-OVERVIEW", "HTEST", "MARAC", "SOMETHING"] {
			found := said({"purpose": purpose}, {"own": own}, ["COUNT"]).COUNT
			found.effect == 3
			found.silent == false
		}
	}
}

test_a_panel_looks_at_its_subjects if {
	said({"purpose": "MARAC"}, {}, ["DM0"]).DM0.effect == 3
	said({"purpose": "MARAC"}, {"subject": "case-adult"}, ["DM0"]) == {}
}

test_adult_services_are_given_in_the_same_words if {
	fam := {"purpose": "FAM-OVERVIEW"}
	said(fam, {}, ["DM0"]).DM0.how == {"date": "year"}
	said(fam, {"source_kind": "ANY_OTHER"}, ["DM0"]).DM0.how == {"date": "year"}
	said(fam, {"source_kind": "housing"}, ["DM0"]) == {}
	said(fam, {"subject_age": "UNDER_13"}, ["DM0"]) == {}
	said(fam, {"subject_age": "UNKNOWN"}, ["DM0"]).DM0.how == {"date": "year"}
	said(fam, {"subject_age": "UNDER_13", "source_kind": "sexual-health"}, ["DM0"]).DM0.how == {"date": "year"}
	said({}, {}, ["DM0"]) == {}
}

test_a_panel_reads_children_and_adults if {
	said({"purpose": "MARAC"}, {"subject": "case-child"}, ["DM0"]) == {}
	said({"purpose": "MARAC"}, {"subject": "ANY_OTHER"}, ["DM0"]).DM0.effect == 3
}

test_each_way_of_reading_the_column_tells_the_child_of_the_case_apart if {
	every more in [{}, {"same_place": true}, {"owner_decision": "approved"}, {"owner_decision": "approved", "same_place": true}] {
		not said({}, object.union(more, {"subject": "case-child"}), ["DM5"]).DM5
	}
	said({}, {"same_place": true}, ["DM5"]).DM5.effect == 2
	not said({}, {"owner_decision": "approved", "same_place": true}, ["DM9"]).DM9
	said({}, {"owner_decision": "approved"}, ["DM9"]).DM9.effect == 3
	broad := object.union(f.book, {"adult_services": object.union(
		f.book.adult_services,
		{"purposes": {"C-S47": []}},
	)})
	child := matrix.of(f.key_in(broad, {}, {"subject": "case-child"})) with data.book as broad
	not child.DM5
	child.DM4.how == {"date": "month"}
	other := matrix.of(f.key_in(broad, {}, {})) with data.book as broad
	other.DM5.effect == 2
}

test_an_unclassified_class_and_a_level_of_nobodys_are_withheld if {
	said({}, {"own": true}, ["ANY_OTHER"]).ANY_OTHER.effect == 3
	odd := object.union(f.book, {"matrix": {
		"subjects_only": [],
		"counts": [],
		"columns": {"C-S47": {"DM0": {"cell": "Q", "code": "MINIMISATION"}}},
	}})
	found := matrix.of(f.key_in(odd, {}, {})) with data.book as odd
	found.DM0.effect == 3
}

test_a_panels_other_classes_too if {
	found := said({"purpose": "MARAC"}, {}, ["DM0", "ANY_OTHER"])
	found.ANY_OTHER.code == "UNCLASSIFIED"
	found.DM0.code == "MINIMISATION"
}

test_a_class_without_words_of_its_own_stays_as_it_is if {
	found := said({"purpose": "FAM-OVERVIEW"}, {"subject": "case-adult"}, ["DM0", "DM1"])
	found.DM0.effect == 1
	found.DM1.effect == 3
}

agreed_book := object.union(f.book, {
	"isas": {"wide": object.union(f.book.isas.wide, {"without_asking": {"hospice": "wide hospice"}})},
	"beforehand": {"wide hospice": {"C-S47": "DM5"}},
	"classes_beforehand": {"DM5": {"DM5": true}},
})

said_beforehand(context, more, classes) := f.of_classes(everything, classes) if {
	everything := matrix.of(f.key_in(agreed_book, context, object.union({"source_organisation": "hospice", "paper_defect": "SOUND"}, more))) with data.book as agreed_book
}

test_what_a_holder_agreed_beforehand_is_not_put_to_it if {
	not said_beforehand({}, {}, ["DM5"]).DM5

	# The rest of the column stays, and so does every other holder, purpose, and an ISA that counts no longer.
	said_beforehand({}, {}, ["DM8"]).DM8.effect == 3
	said_beforehand({}, {"source_organisation": "trust"}, ["DM5"]).DM5.effect == 2
	said_beforehand({"purpose": "C-S17"}, {}, ["DM5"]).DM5.effect > 1
	said_beforehand({}, {"paper_defect": "ENDED"}, ["DM5"]).DM5.effect == 2
	said_beforehand({}, {"isa": "narrow"}, ["DM5"]).DM5.effect == 2
}

test_in_a_subjects_own_request_what_is_about_others_is_about_somebody_else if {
	said({"purpose": "PATRQT"}, {"subject": "case-adult"}, ["DM0"]) == {}
	said({"purpose": "PATRQT"}, {"subject": "other"}, ["DM0"]).DM0.code == "THIRD_PARTY"
	said({"purpose": "MARAC"}, {"subject": "other"}, ["DM8"]).DM8.code == "COMMERCIAL"
}

test_what_the_matrix_keeps_back_is_shown if {
	every more in [{}, {"subject": "ANY_OTHER"}] {
		every class, finding in said({}, more, ["DM2", "DM5", "DM8", "DM9"]) {
			[class, finding.silent] == [class, false]
		}
	}
	said({}, {}, ["DM8"]).DM8.effect == 3
	said({"purpose": "SOMETHING"}, {}, ["ASK"]).ASK.silent == false
	said({}, {"own": true}, ["ANY_OTHER"]).ANY_OTHER.silent == false
	odd := object.union(f.book, {"matrix": {
		"subjects_only": [],
		"counts": [],
		"columns": {"C-S47": {"DM0": {"cell": "Q", "code": "COMMERCIAL"}}},
	}})
	found := matrix.of(f.key_in(odd, {}, {})) with data.book as odd
	found.DM0 == {
		"rule": "matrix", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": [],
	}
}

test_evidence_of_another_kind_does_not_lift_the_same_words if {
	broad(["refusal"])
	broad([])
	not broad(["perceived-risk"])
	not broad(["refusal", "perceived-risk"])
}

broad(evidence) if f.key({"purpose": "C-SCREEN", "evidence": evidence}, {}).broad
