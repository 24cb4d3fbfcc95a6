package mash.objection_test

import data.mash.fixtures_test as f
import data.mash.objection

said(context, more) := f.codes(found) if {
	found := objection.of(f.key(context, more)) with data.book as f.book
}

treat := {"purpose": "TREAT"}

test_which_states_are_objections if {
	objected := {state |
		some state in [
			"NOT-RECORDED", "AGREED", "NDOO", "OBJECTED", "OBJECTED-EXCEPT", "EMERGENCY-ONLY",
			"CHILD-OWN-VIEW", "ANY_OTHER", null,
		]
		said(treat, {"objection": state}).DM0 == "OBJECTION"
	}
	objected == {"OBJECTED", "OBJECTED-EXCEPT", "EMERGENCY-ONLY", "CHILD-OWN-VIEW", "ANY_OTHER", null}
}

test_an_enquiry_about_a_child_and_break_glass_do_not_read_it if {
	said({}, {"objection": "OBJECTED"}).DM4 == ""
	said({"purpose": "BTG"}, {"objection": "OBJECTED"}).DM4 == ""
}

test_in_an_emergency_only if said({"purpose": "ETREAT"}, {"objection": "EMERGENCY-ONLY"}).DM4 == ""

test_an_adult_enquiry_goes_on_with_a_ground if {
	every ground in ["stated", "urgent"] {
		said({"purpose": "A-S42", "ground": ground}, {"objection": "OBJECTED"}).DM4 == ""
	}
	without := said({"purpose": "A-S42", "ground": "none"}, {"objection": "OBJECTED"})
	without == {"DM0": "", "DM1": "", "DM4": "REASON_REQUIRED", "DM5": "REASON_REQUIRED", "ASK": ""}
}

test_ones_own_records_are_there_as_always if said(treat, {"objection": "OBJECTED", "own": true}).DM0 == ""

test_an_objection_stands_in_an_emergency_too if said({"purpose": "ETREAT"}, {"objection": "OBJECTED"}).DM4 == "OBJECTION"

test_the_national_opt_out_is_read_for_research_and_planning_only if {
	found := objection.of(f.key({"purpose": "HRESCH"}, {"objection": "NDOO"})) with data.book as f.book
	found.DM0.silent
	found.ASK.silent
	said({"purpose": "HRESCH"}, {"objection": "ANY_OTHER"}).DM0 == "OBJECTION"
	said({"purpose": "HRESCH"}, {"objection": "OBJECTED"}).DM0 == ""
	every purpose in ["C-S47", "TREAT", "ETREAT", "BTG", "FAM-OVERVIEW", "A-S42"] {
		said({"purpose": purpose}, {"objection": "NDOO"}).DM0 == ""
	}
}

test_whoever_opted_out_stays_counted if {
	opted := finding({"purpose": "HRESCH"}, {"objection": "NDOO"})
	not "COUNT" in object.keys(opted)
	"DM0" in object.keys(opted)
	"ANY_OTHER" in object.keys(opted)

	# A word that nobody knows keeps everything back.
	finding({"purpose": "HRESCH"}, {"objection": "ANY_OTHER"}).COUNT.silent
	finding(treat, {"objection": "OBJECTED"}).COUNT.code == "OBJECTION"
}

test_in_both_kinds_of_emergency if said({"purpose": "ERTREAT"}, {"objection": "EMERGENCY-ONLY"}).DM4 == ""

finding(context, more) := found if {
	found := objection.of(f.key(context, more)) with data.book as f.book
}

test_an_objection_is_told_and_an_opt_out_is_not if {
	object.filter(finding(treat, {"objection": "OBJECTED"}).DM4, ["effect", "silent"]) == {"effect": 3, "silent": false}
	object.filter(finding({"purpose": "HRESCH"}, {"objection": "NDOO"}).DM4, ["effect", "silent"]) == {"effect": 3, "silent": true}
	without := finding({"purpose": "A-S42", "ground": "none"}, {"objection": "OBJECTED"})
	object.filter(without.DM4, ["effect", "silent"]) == {"effect": 3, "silent": false}

	# Who the person is, and that a service knows them.
	every class in ["DM0", "DM0p", "DM1", "DM1i"] {
		not class in object.keys(without)
	}
	"DM2" in object.keys(without)
}
