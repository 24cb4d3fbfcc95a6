package mash.owner_decision_test

import data.mash.fixtures_test as f
import data.mash.owner_decision

said(decision) := f.codes(found).DM0 if {
	found := owner_decision.of(f.key({}, {"owner_decision": decision})) with data.book as f.book
}

test_what_each_decision_says if {
	said("none") == ""
	said("approved") == ""
	said("disclose") == ""
	said("refused") == "OWNER_APPROVAL"
	said("detriment") == "DETRIMENT_16LA3"
	said("harm") == "HARM_DISCLOSURE"
	said("ANY_OTHER") == "HARM_DISCLOSURE"
	said(null) == "HARM_DISCLOSURE"
}

test_a_source_that_keeps_back_all_it_holds_is_not_asked_either if {
	found := owner_decision.of(f.key({}, {"owner_decision": "detriment"})) with data.book as f.book
	object.get(found, "ASK", {}).effect == 3
	object.get(found, "QUERY", {}).effect == 3
}

test_what_was_kept_back_is_withheld_and_told if {
	every decision in ["refused", "detriment", "harm", "ANY_OTHER"] {
		found := owner_decision.of(f.key({}, {"owner_decision": decision})) with data.book as f.book
		object.filter(found.DM0, ["effect", "silent"]) == {"effect": 3, "silent": false}
	}
}

test_what_is_kept_back_from_others_is_ones_own_to_read if {
	every decision in ["refused", "detriment", "harm"] {
		found := owner_decision.of(f.key({}, {"owner_decision": decision, "own": true})) with data.book as f.book
		found == {}
	}
	unclear := owner_decision.of(f.key({}, {"owner_decision": "harm", "own": "yes"})) with data.book as f.book
	object.get(unclear, "DM0", {}).effect == 3
}
