package mash.sensitivity_test

import data.mash.fixtures_test as f
import data.mash.sensitivity

said(context, more) := found if {
	found := [of_label | some label in object.get(more, "labels", []); of_label := sensitivity.of(f.label_key(context, more, label))]
		with data.book as f.book
}

test_no_label_says_nothing if said({}, {}) == []

test_a_label_says_what_its_column_says if {
	said({}, {"labels": ["TAKEN"]})[0].DM4.silent == true
	said({"purpose": "FAM-OVERVIEW"}, {"labels": ["TAKEN"]})[0].DM4.silent == false
	said({"purpose": "TREAT"}, {"labels": ["TAKEN"]}) == [{}]
	object.keys(said({}, {"labels": ["TAKEN"]})[0]) == {"DM4"}
}

test_each_label_is_a_finding_of_its_own if count(said({}, {"labels": ["TAKEN", "ASKED"]})) == 2

test_a_label_that_nobody_knows_takes_everything_without_a_word if {
	every label in ["ANY_OTHER", "NOT_YET"] {
		every own in [true, false] {
			found := said({}, {"labels": [label], "own": own})[0]
			object.keys(found) == {"ANY_OTHER"} | object.keys(f.book.classes)
			found.DM0.silent
		}
	}
}

test_of_ones_own_records_only_location_is_read if {
	said({}, {"labels": ["TAKEN"], "own": true}) == [{}]
	said({"purpose": "FAM-OVERVIEW"}, {"labels": ["PLACED"], "own": true})[0].DM2.effect == 3
}

test_the_first_row_that_holds_is_taken if {
	said({"purpose": "TREAT"}, {"labels": ["ASKED"]})[0].DM4.effect == 3
	said({"purpose": "BTG"}, {"labels": ["ASKED"]})[0].DM4.effect == 0
}

test_the_owners_approval_opens_what_was_put_to_the_owner_and_silence_about_an_adult if {
	said({}, {"labels": ["ASKED"], "owner_decision": "approved"}) == [{}]
	said({}, {"labels": ["TAKEN"], "owner_decision": "approved"}) == [{}]
	said({}, {"labels": ["TAKEN"], "owner_decision": "approved", "subject_age": "UNKNOWN"})[0].DM4.silent
	said({"purpose": "FAM-OVERVIEW"}, {"labels": ["TAKEN"], "owner_decision": "approved"})[0].DM4.effect == 3
}

child := {"labels": ["CHILD"], "family_child": true}

test_a_child_of_the_family_is_never_silent_towards_the_decision_maker if {
	every age in ["13_17", "UNKNOWN", "ANY_OTHER"] {
		said({"role": "SW-TEAM-MGR"}, object.union(child, {"subject_age": age}))[0].DM4.effect == 2
		said({"role": "SW-CHILD"}, object.union(child, {"subject_age": age}))[0].DM4.silent
	}
	every role in ["SW-TEAM-MGR", "SW-CHILD"] {
		said({"role": role}, object.union(child, {"subject_age": "UNDER_13"}))[0].DM4.effect == 0
	}
	said({"role": "LADO"}, object.union(child, {"subject_age": "UNDER_13"}))[0].DM4.silent
	said({"role": "SW-TEAM-MGR"}, object.union(child, {"subject_age": "ADULT"}))[0].DM4.silent
	said({"role": "SW-TEAM-MGR"}, {"labels": ["CHILD"], "subject_age": "13_17"})[0].DM4.silent
}

test_the_emergency_worker_decides_on_the_case_it_opened if {
	teenager := object.union(child, {"subject_age": "13_17"})
	said({"role": "SW-EDT", "opened_by_asker": true}, teenager)[0].DM4.effect == 2
	said({"role": "SW-EDT"}, teenager)[0].DM4.silent
}

test_an_unknown_label_withholds if {
	found := said({}, {"labels": ["SOMETHING"]})[0].DM0
	found.effect == 3
	found.code == "SENSITIVE_CATEGORY"
}

test_a_label_takes_what_it_names_and_nothing_else if object.keys(said({}, {"labels": ["TAKEN"]})[0]) == {"DM4"}

test_an_exception_that_a_label_does_not_name_is_not_read if {
	f.label_key({"purpose": "BTG"}, {}, "ASKED").held == ["break-glass"]
	f.label_key({"purpose": "BTG"}, {}, "TAKEN").held == []
}

holding(context, more) := of_key(f.key(context, more))

of_key(key) := {name |
	some list in [key.purpose_exceptions, key.source_exceptions, key.item_exceptions, key.child_exceptions]
	some name in list
}

plain := {"not-a-sexual-health-source"}

young := {"family_child": true, "subject_age": "UNDER_13"}

test_which_exceptions_hold if {
	every row in [
		[{"purpose": "FAM-OVERVIEW"}, {}, plain],
		[{"purpose": "FAM-OVERVIEW"}, {"source_kind": "sexual-health"}, set()],
		[{"purpose": "FAM-OVERVIEW"}, {"source_kind": "ANY_OTHER"}, set()],
		[{"purpose": "FAM-OVERVIEW"}, {"item_share": "AGREED"}, (plain | {"item-share-agreed"})],
		[{"purpose": "BTG"}, {}, (plain | {"break-glass"})],
		[{"purpose": "CP-ALERT"}, {}, (plain | {"status-check"})],
		[{"purpose": "MARAC"}, {}, (plain | {"enquiry-or-panel"})],
		[{"purpose": "A-S42"}, {}, (plain | {"enquiry-or-panel"})],
		[{}, {}, (plain | {"enquiry-or-panel"})],
		[{"role": "SW-TEAM-MGR"}, {}, (plain | {"enquiry-or-panel", "decision-maker-of-an-enquiry"})],
		[{"role": "SW-TEAM-MGR", "purpose": "C-S17"}, {}, plain],
		[{"role": "GP", "purpose": "TREAT"}, young, (plain | {"family-child-in-my-care"})],
		[{"role": "GP", "purpose": "TREAT"}, {"subject_age": "UNDER_13"}, plain],
		[{"role": "GP", "purpose": "TREAT"}, {"family_child": true}, plain],
		[{"role": "SW-CHILD", "purpose": "C-SCREEN"}, young, (plain | {"family-child-in-screening", "family-child-under-13"})],
		[{"role": "SW-CHILD", "purpose": "C-SCREEN"}, {"family_child": true, "subject_age": "13_17"}, plain],
		[{"role": "SW-CHILD", "purpose": "C-SCREEN"}, {"subject_age": "UNDER_13"}, plain],
		[{"role": "LADO", "purpose": "C-SCREEN"}, young, plain],
		[
			{"role": "SW-TEAM-MGR", "purpose": "C-SCREEN"},
			{"family_child": true, "subject_age": "13_17"},
			(plain | {"family-child-in-screening", "family-child-13-17"}),
		],
		[{"role": "SW-CHILD", "purpose": "C-S17"}, young, (plain | {"family-child-under-13"})],
		[{"role": "SW-TEAM-MGR", "purpose": "C-S17"}, {"family_child": true, "subject_age": "UNKNOWN"}, (plain | {"family-child-13-17"})],
	] {
		holding(row[0], row[1]) == row[2]
	}
}

test_treating_roles_of_both_groups if {
	book := object.union(f.book, {"role_groups": {"ED-NURSE": "CARE-EMERGENCY", "GP": "HEALTH"}})
	every role in ["ED-NURSE", "GP"] {
		"family-child-in-my-care" in of_key(f.key_in(book, {"purpose": "TREAT", "role": role}, young))
	}
}
