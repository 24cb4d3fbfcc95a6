package mash.owner_decision_test

import data.mash.fixtures_test as f
import data.mash.owner_decision

said(decision) := f.codes(found).DM0 if {
	found := owner_decision.of(f.key({}, {"owner_decision": decision})) with data.book as f.book
}

test_what_each_decision_says if {
	said("none") == ""
	said("approved") == ""
	said("refused") == "OWNER_APPROVAL"
	said("detriment") == "DETRIMENT_16LA3"
	said("harm") == "HARM_DISCLOSURE"
	said("ANY_OTHER") == "HARM_DISCLOSURE"
	said(null) == "HARM_DISCLOSURE"
}
