package mash.conflict_test

import data.mash.conflict
import data.mash.fixtures_test as f

said(more) := f.codes(found).DM0 if {
	found := conflict.of(f.key({}, more)) with data.book as f.book
}

test_no_conflict_says_nothing if said({}) == ""

test_a_conflict_is_refused_in_ones_own_records_too if {
	said({"conflict": true}) == "CONFLICT_OF_INTEREST"
	said({"conflict": true, "own": true}) == "CONFLICT_OF_INTEREST"
}

test_what_is_not_known_is_a_conflict if {
	said({"conflict": null}) == "CONFLICT_OF_INTEREST"
	said({"conflict": "no"}) == "CONFLICT_OF_INTEREST"
}

test_a_conflict_is_withheld_and_told if {
	found := conflict.of(f.key({}, {"conflict": true})) with data.book as f.book
	found.DM0.effect == 3
	found.DM0.silent == false
}
