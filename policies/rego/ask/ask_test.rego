package mash.ask_test

import data.mash.ask
import data.mash.fixtures_test as f

said(concern) := found if {
	question := object.union(f.question({}, []), {"classes": ["DM0", "ASK", "QUERY"]})
	found := ask.of(f.profile({"source_concern": concern})) with input as question with data.book as f.book
}

test_a_source_of_concern_is_not_asked_and_nothing_says_so if {
	every concern in [true, null, "NOT_YET"] {
		found := said(concern)
		object.keys(found) == {"ASK", "QUERY"}
		found.ASK.silent
		found.QUERY.silent
	}
}

test_any_other_is if said(false) == {}
