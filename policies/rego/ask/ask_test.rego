package mash.ask_test

import data.mash.ask
import data.mash.fixtures_test as f

said(concern) := found if {
	found := ask.of(f.key({}, {"source_concern": concern})) with data.book as f.book
}

test_a_source_of_concern_is_not_asked_and_nothing_says_so if {
	every concern in [true, null, "NOT_YET"] {
		found := said(concern)
		object.keys(found) == {"ASK", "QUERY"}
		found.ASK.silent
		found.QUERY.silent
		found.ASK.effect == 3
		found.QUERY.effect == 3
	}
}

test_any_other_is if said(false) == {}
