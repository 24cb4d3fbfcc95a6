package mash.obligations_test

import data.mash.fixtures_test as f
import data.mash.obligations

said(context, more) := found if {
	found := obligations.of(f.key(context, more)) with data.book as f.book
}

test_what_the_isa_and_the_labels_lay_on_the_receiver if {
	said({}, {}) == ["DELAU"]
	said({}, {"labels": ["TAKEN"]}) == ["DELAU", "PERSISTLABEL"]
	said({}, {"labels": ["TAKEN", "L:HBA"]}) == ["DELAU", "NOCONTACT", "PERSISTLABEL"]
	said({}, {"paper": "LAPSED"}) == []
	said({}, {"owner_decision": "approved"}) == ["DELAU", "NORDSCLCD"]
	said({}, {"owner_decision": "disclose"}) == ["DELAU", "NORDSCLCD"]
	said({}, {"owner_decision": "refused"}) == ["DELAU"]
	said({"purpose": "A-S45"}, {}) == ["DELAU", "NORDSCLCD"]
	said({"purpose": "BTG"}, {}) == ["DELAU", "MINEC", "NORDSCLCD"]
}

test_nothing_is_owed_to_oneself if said({}, {"own": true, "labels": ["TAKEN"]}) == []

test_a_label_of_nobodys_is_taken_for_one_that_forbids_contact if {
	said({}, {"labels": ["SOMETHING"]}) == ["DELAU", "NOCONTACT", "PERSISTLABEL"]
}
