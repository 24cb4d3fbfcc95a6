package mash.item_share_test

import data.mash.fixtures_test as f
import data.mash.item_share

said(purpose, more) := found if {
	item := object.union({"labels": ["L:EOL"], "item_share": "REFUSED"}, more)
	found := item_share.of(f.key({"purpose": purpose}, item)) with data.book as f.book
}

test_a_refused_item_is_left_out_of_care_without_a_word if {
	every state in ["REFUSED", "WITHDRAWN", "ANY_OTHER", null] {
		found := said("TREAT", {"item_share": state})
		found.DM4.silent
		not found.DM0
	}
}

test_what_is_shared_or_not_recorded_is_given if {
	every state in ["AGREED", "NOT-RECORDED", "BEST-INTERESTS", "PROXY-LPA"] {
		said("TREAT", {"item_share": state}) == {}
	}
}

test_where_it_is_not_read if {
	said("BTG", {}) == {}
	said("C-S47", {}) == {}
	said("TREAT", {"own": true}) == {}
	said("TREAT", {"labels": []}) == {}
}

test_labels_that_cannot_be_read_are_read_as_if_it_were_there if said("TREAT", {"labels": null}).DM4.silent

test_a_refused_item_leaves_the_key_contact if {
	found := said("TREAT", {})
	object.get(found, "DM0p", "nothing") == "nothing"
	found.DM1.effect == 3
}
